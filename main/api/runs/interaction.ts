/** A machine whose host key nobody gave: shown for approval on first use. */
export interface UnknownHostKey {
  readonly machine: string;
  readonly address: string;
  readonly keyType: string;
  readonly fingerprint: string;
}

/** What a run or a look asks the person who wants it. */
export interface Interaction {
  /** All unknown host keys of all machines at once. Answers whether they are to be pinned. */
  approveHostKeys(keys: readonly UnknownHostKey[]): Promise<boolean>;
}
