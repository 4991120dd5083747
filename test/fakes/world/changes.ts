/** What was really changed, in order. Calls that found it so already are not among it. */
export interface Changes {
  readonly made: readonly string[];
  record(change: string): void;
}

export function recordChanges(): Changes {
  const made: string[] = [];
  return { made, record: (change) => void made.push(change) };
}

/** For calls that nobody modelled: a fake that answers "fine" to everything proves nothing. */
export function notModelled(what: string): never {
  throw new Error(`The fake world does not model ${what}`);
}
