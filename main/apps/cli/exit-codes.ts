import type { ErrorData } from '#shared/errors/define.ts';
import { stepsOf } from '#shared/run/view.ts';
import type { RunView } from '#shared/run/view.ts';
import type { RunResult } from '#main/api/runs/driving.ts';

/** What the process answers. Documented in `slipway help` and docs/command-line.md, so a number never changes. */
export const exitCodes = {
  ok: { code: 0, meaning: 'done, or nothing to do' },
  failed: { code: 1, meaning: 'the run failed; what went wrong is named' },
  usage: { code: 2, meaning: 'the command line was wrong' },
  spec: {
    code: 3,
    meaning: 'the cluster spec, a profile, a node template or a secret is invalid; nothing was contacted',
  },
  machines: {
    code: 4,
    meaning:
      'machines, registries or vCenter are not as needed: unreachable, refused, unfit, a port blocked, an image missing',
  },
  cancelled: { code: 5, meaning: 'cancelled' },
  elsewhere: { code: 6, meaning: 'another process works on the cluster, or the run was left and can be resumed' },
  store: { code: 7, meaning: 'the inventory or the secrets store (keychain, passphrase file) cannot be used' },
  internal: { code: 70, meaning: 'a fault in Slipway' },
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]['code'];

const byArea: Readonly<Record<string, ExitCode>> = {
  cli: exitCodes.usage.code,
  spec: exitCodes.spec.code,
  release: exitCodes.spec.code,
  secret: exitCodes.spec.code,
  source: exitCodes.spec.code,
  ssh: exitCodes.machines.code,
  preflight: exitCodes.machines.code,
  port: exitCodes.machines.code,
  registry: exitCodes.machines.code,
  vsphere: exitCodes.machines.code,
  provision: exitCodes.machines.code,
  removal: exitCodes.machines.code,
  credential: exitCodes.usage.code,
  template: exitCodes.spec.code,
  profile: exitCodes.spec.code,
  secrets: exitCodes.store.code,
  store: exitCodes.store.code,
  internal: exitCodes.internal.code,
};

const byCode: Readonly<Record<string, ExitCode>> = {
  'profile.exists': exitCodes.usage.code,
  'profile.unknown': exitCodes.usage.code,
  'secret.bad_name': exitCodes.usage.code,
  'secret.exists': exitCodes.usage.code,
  'secret.in_use': exitCodes.usage.code,
  'secret.unknown': exitCodes.usage.code,
  'cli.nobody_drives': exitCodes.failed.code,
  'cli.interrupted': exitCodes.cancelled.code,
  'template.exists': exitCodes.usage.code,
  'template.unknown': exitCodes.usage.code,
  'template.in_use': exitCodes.usage.code,
  'template.outdated': exitCodes.store.code,
  'run.unknown': exitCodes.usage.code,
  'run.cluster_not_named': exitCodes.usage.code,
  'run.cancel_asked': exitCodes.cancelled.code,
  'engine.cancelled': exitCodes.cancelled.code,
  'engine.lease_held': exitCodes.elsewhere.code,
  'engine.lease_lost': exitCodes.elsewhere.code,
  'engine.left': exitCodes.elsewhere.code,
};

export function exitCodeOfError(error: ErrorData): ExitCode {
  const area = error.code.split('.', 1)[0] ?? '';
  return byCode[error.code] ?? byArea[area] ?? exitCodes.failed.code;
}

export function exitCodeOfRun({ outcome, view }: Pick<RunResult, 'outcome' | 'view'>): ExitCode {
  switch (outcome) {
    case 'succeeded':
      return exitCodes.ok.code;
    case 'cancelled':
      return exitCodes.cancelled.code;
    case 'left':
      return exitCodes.elsewhere.code;
    case 'failed':
      return exitCodeOfFailure(view);
  }
}

/** A run that failed for one kind of reason says which; a mixture is just a failed run. */
function exitCodeOfFailure(view: RunView): ExitCode {
  const codes = new Set(stepsOf(view).flatMap((step) => (step.status === 'failed' ? exitCodeOfError(step.error) : [])));
  const [only] = codes;
  return codes.size === 1 && only !== undefined ? only : exitCodes.failed.code;
}
