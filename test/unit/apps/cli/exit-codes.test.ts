import { describe, expect, it } from 'vitest';
import { exitCodeOfError, exitCodeOfRun, exitCodes } from '#main/apps/cli/exit-codes.ts';
import { errorData } from '#shared/errors/define.ts';
import { engineErrors } from '#shared/errors/engine.ts';
import { preflightErrors } from '#shared/errors/preflight.ts';
import { secretErrors, secretsErrors } from '#shared/errors/secrets.ts';
import { waitErrors } from '#shared/errors/wait.ts';
import { unreachable, viewOf } from './fake-run.ts';

const noRoot = preflightErrors.no_root({ machine: 'node-2', privilege: 'none' }).data;
const deadline = waitErrors.deadline({ what: 'x', withinSeconds: 1, seen: 'y' }).data;

describe('exit codes', () => {
  it.each([
    { error: unreachable, code: 4, why: 'an unreachable machine' },
    { error: secretErrors.missing({ reference: 'file:/x' }).data, code: 3, why: 'a secret that the spec refers to' },
    { error: secretsErrors.no_keychain({ reason: 'none' }).data, code: 7, why: 'a keychain that cannot be used' },
    {
      error: engineErrors.lease_held({ cluster: 'c', run: 'r', label: 'l', pid: 1, hostname: 'h' }).data,
      code: 6,
      why: 'a cluster that another process works on',
    },
    { error: deadline, code: 1, why: 'anything that went wrong in a run' },
    { error: errorData(new TypeError('x is undefined')), code: 70, why: 'a fault of our own' },
  ])('$code stands for $why', ({ error, code }) => {
    expect(exitCodeOfError(error)).toBe(code);
  });

  it('say more than "failed" when all failed steps have the same kind of reason', () => {
    const view = viewOf([
      { type: 'step.failed', step: 'install-docker/node-1', error: unreachable },
      { type: 'step.failed', step: 'install-docker/node-2', error: noRoot },
    ]);
    expect(exitCodeOfRun({ outcome: 'failed', view })).toBe(4);
  });

  it('say "failed" when the reasons are of different kinds', () => {
    const view = viewOf([
      { type: 'step.failed', step: 'install-docker/node-1', error: unreachable },
      { type: 'step.failed', step: 'install-docker/node-2', error: deadline },
    ]);
    expect(exitCodeOfRun({ outcome: 'failed', view })).toBe(1);
  });

  it('tell the other ends of a run apart', () => {
    const view = viewOf([]);
    const ends = (['succeeded', 'cancelled', 'left', 'failed'] as const).map((outcome) =>
      exitCodeOfRun({ outcome, view }),
    );
    expect(ends).toEqual([0, 5, 6, 1]);
  });

  it('are all different', () => {
    const codes = Object.values(exitCodes).map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
  });
});
