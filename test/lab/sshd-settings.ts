/** Ways in which real sshds are set up that a product has to cope with: for a machine's `sshd`. */
export const sshdSettings = {
  passwordOnly: ['PubkeyAuthentication no', 'PasswordAuthentication yes'],
  keyOnly: ['PasswordAuthentication no', 'KbdInteractiveAuthentication no'],
  /** Docker's socket cannot be reached through this one. */
  noSocketForwarding: ['AllowStreamLocalForwarding no'],
  /** Neither through this one, nor anything behind it: it is no use as a bastion. */
  noForwarding: ['DisableForwarding yes'],
  noRootLogin: ['PermitRootLogin no'],
  /** OpenSSH 9.8 and newer shut out an address that failed to log in; a test that fails on purpose may not want that. */
  noPenalties: ['PerSourcePenalties no'],
  /** One connection with many channels is refused the second. */
  oneSession: ['MaxSessions 1'],
} as const;
