import type { Role } from '#shared/spec/cluster.ts';

/** What every page says. */
export const common = {
  copy: 'Copy',
  copied: 'Copied',
  notCopied: 'The browser did not allow it',
  close: 'Close',
  back: 'Back',
  retry: 'Try again',
  elapsed: 'Elapsed',
  attempt: (attempt: number) => `attempt ${attempt}`,
  machines: (count: number) => (count === 1 ? '1 machine' : `${count} machines`),
  none: 'None',
  savedAs: (place: string) => `Saved as ${place}.`,
  optional: '(optional)',
  loading: (what: string) => `Loading ${what} …`,
  loadingFor: (what: string, elapsed: string) => `Loading ${what} … ${elapsed}`,
} as const;

/** A field that is filled from a list. */
export const choose = {
  open: (label: string) => `Show the choices for ${label}`,
  none: 'Nothing of that name.',
  more: (count: number) => (count === 1 ? '1 more: type to find it.' : `${count} more: type to find them.`),
  found: (count: number) => (count === 1 ? '1 choice' : `${count} choices`),
} as const;

export const error = {
  remedy: 'What to do',
  because: 'Because',
  chain: (count: number) => (count === 1 ? 'Show what was below it' : `Show the ${count} causes below it`),
  lastLines: 'Last lines',
  code: 'Code',
  copy: 'Copy the error',
} as const;

export const status = {
  waiting: 'Waiting',
  queued: 'Queued',
  running: 'Running',
  checking: 'Checking',
  applying: 'Applying',
  verifying: 'Verifying',
  undoing: 'Taking back',
  retrying: 'Waiting to try again',
  cancelling: 'Cancelling',
  succeeded: 'Succeeded',
  skipped: 'Already so',
  failed: 'Failed',
  blocked: 'Blocked',
  cancelled: 'Cancelled',
  interrupted: 'Interrupted',
} as const;

export const operation = (operation: string) =>
  operation.charAt(0).toUpperCase() + operation.slice(1).replaceAll('-', ' ');

export const roles = { etcd: 'etcd', controlplane: 'control plane', worker: 'worker' } satisfies Record<Role, string>;
