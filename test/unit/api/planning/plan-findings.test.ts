import { describe, expect, it } from 'vitest';
import { planFindings } from '#main/api/planning/plan-findings.ts';
import type { PlannedStep } from '#main/engine/plan.ts';
import type { StepForecast } from '#main/engine/preview.ts';
import type { SlipwayError } from '#shared/errors/define.ts';
import { preflightErrors } from '#shared/errors/preflight.ts';
import { withProblems } from '#shared/errors/problems.ts';
import { provisionErrors } from '#shared/errors/provision.ts';
import { sshErrors } from '#shared/errors/ssh.ts';

function step(phase: string, name: string): PlannedStep {
  return {
    id: `${phase}/${name}`,
    phase,
    target: { kind: 'machine', name },
    needs: [],
    after: [],
    input: {},
    changes: '',
  };
}
const fails = (one: PlannedStep, error: SlipwayError): StepForecast => ({
  kind: 'error',
  step: one,
  error: error.data,
});
const noSpace = { severity: 'error', subject: 'datastore D', problem: 'it is full.', remedy: 'Free it.' } as const;
const noDrs = { severity: 'warning', subject: 'pool work', problem: 'DRS is off.', remedy: 'Turn it on.' } as const;

describe('the findings of a plan', () => {
  it('name every problem of a machine, errors first', () => {
    const { data: swap } = preflightErrors.swap_on({ machine: 'node-1', swapMiB: 100 });
    const { data: root } = preflightErrors.no_root({ machine: 'node-1', privilege: 'none' });
    const unfit = withProblems(preflightErrors.machine_unfit({ machine: 'node-1', problems: 'two' }), [swap, root]);
    const unreachable = sshErrors.unreachable({ address: '192.0.2.2', port: 22, waitedMs: 1 }, { target: 'node-2' });
    const preview = [fails(step('open-ssh', 'node-1'), unfit), fails(step('open-ssh', 'node-2'), unreachable)];
    const found = planFindings(preview, [{ step: 'open-ssh/node-1', text: 'It has one CPU.' }], []);
    expect(found.map(({ severity, subject, problem }) => [severity, subject, problem])).toEqual([
      ['error', 'node-1', swap.cause],
      ['error', 'node-1', root.cause],
      ['error', 'node-2', unreachable.data.cause],
      ['warning', 'node-1', 'It has one CPU.'],
    ]);
    expect(found[0]).toMatchObject({ remedy: swap.hint, step: 'open-ssh/node-1' });
  });

  it('tell each thing that vCenter’s preflight found once, with its remedy', () => {
    const prepare = step('prepare-access', 'lab');
    const { severity: _error, ...params } = noSpace;
    const error = withProblems(provisionErrors.preflight_failed({ vcenter: 'lab', problems: 'one' }), [
      provisionErrors.finding(params).data,
    ]);
    const told = [{ step: prepare.id, text: 'pool work: DRS is off. Turn it on.' }];
    expect(planFindings([fails(prepare, error)], told, [noDrs, noSpace])).toEqual([
      { ...noSpace, step: undefined },
      { ...noDrs, step: undefined },
    ]);
  });

  it('are none where nothing was found', () => {
    const one = step('open-ssh', 'node-1');
    expect(
      planFindings(
        [
          { kind: 'will', step: one, reason: '' },
          { kind: 'unknown', step: one, behind: [] },
        ],
        [],
        [],
      ),
    ).toEqual([]);
  });
});
