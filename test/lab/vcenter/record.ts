export const vcenterUser = 'administrator@vsphere.local';

/** A vCenter of the lab, as another process needs it to attach. */
export interface VcenterRecord {
  /** `https://127.0.0.1:<port>/sdk` */
  readonly url: string;
  readonly control: string;
  /** Signed the server's certificate. */
  readonly caPem: string;
  /** Of the first server certificate: upper-case hexadecimal with colons. */
  readonly sha256: string;
  readonly password: string;
}
