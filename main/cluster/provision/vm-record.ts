import type { Placement } from '../vsphere-port.ts';

/** What the inventory knows of a machine that we make. Written before each thing that it tells of. */
export type VmRecord = {
  readonly pool: string;
  /** Of the machine within its pool, from 0. */
  readonly index: number;
  /** vCenter's key for it, chosen by us before the clone. */
  readonly instanceUuid: string;
  /** Where we reach it. '' until VMware tools tell it; a static one is known from the start. */
  readonly address: string;
  /** Static ones, one per network of its template; '' where DHCP gives one. */
  readonly staticAddresses: readonly string[];
  /** Public SSH host key that its cloud-init installs: `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
  /** `null` until it was placed. */
  readonly placement: Placement | null;
  /** A clone was asked for: it may be under way, or there. */
  readonly cloned: boolean;
  /** Its first boot is over: SSH answered with our host key, and nothing of its keys is left in vCenter. */
  readonly booted: boolean;
};
