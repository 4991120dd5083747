import { describe, expect, it } from 'vitest';
import { runCommandLine } from '#main/apps/cli/run-command-line.ts';
import { commands } from '#main/apps/cli/commands.ts';
import type { UnknownHostKey } from '#main/api/runs/interaction.ts';
import type { PlanResult } from '#main/api/runs/plan-run.ts';
import type { Slipway } from '#main/api/slipway.ts';
import type { PlannedStep } from '#main/engine/plan.ts';
import { SlipwayError } from '#shared/errors/define.ts';
import { engineErrors } from '#shared/errors/engine.ts';
import { preflightErrors } from '#shared/errors/preflight.ts';
import { sshErrors } from '#shared/errors/ssh.ts';
import { specErrors } from '#shared/errors/spec.ts';
import { fakeWorld } from './fake-world.ts';
import { cluster } from './fake-slipway.ts';
import { play, unreachable } from './fake-run.ts';

const specFile = { 'cluster.yaml': 'metadata: { name: home }\n' };
const keys: readonly UnknownHostKey[] = [
  { machine: 'node-1', address: '10.0.0.1', keyType: 'ssh-ed25519', fingerprint: 'SHA256:aaa' },
];
const step: PlannedStep = {
  id: 'install-docker/node-1',
  phase: 'install-docker',
  target: { kind: 'machine', name: 'node-1' },
  needs: [],
  after: [],
  input: {},
  changes: 'install docker.io',
};

function planned(preview: PlanResult['preview']): PlanResult {
  const phases = [{ id: 'install-docker', title: 'Install Docker' }];
  const plan = { operation: 'create', clusterId: 'c-1', phases, steps: [step] };
  return {
    clusterId: undefined,
    plan,
    preview,
    warnings: ['spec.machines: 2 etcd members stand no failure'],
    findings: [],
    makes: { vms: [], containers: [], files: [], other: [] },
    estimate: { ms: 60_000, basis: 'typical' },
  };
}

const readSpec: Slipway['readSpec'] = async () => ({ name: 'home', warnings: [] });
const succeeds: Slipway['up'] = async (_source, _interaction, observer) =>
  play(
    observer,
    [
      { type: 'step.applying', step: step.id, attempt: 1, reason: 'missing' },
      { type: 'step.succeeded', step: step.id },
    ],
    'succeeded',
  );

describe('slipway up', () => {
  it('prints one line per change of state where there is no terminal', async () => {
    const world = fakeWorld({ slipway: { readSpec, up: succeeds }, files: specFile });
    expect(await runCommandLine(['up', '-f', 'cluster.yaml', '--yes'], world)).toBe(0);
    expect(world.out().split('\n').slice(0, 4)).toEqual([
      '2026-11-22T12:00:00Z  run r-1: create, 5 steps',
      '2026-11-22T12:00:00Z  Install Docker on node-1: missing …',
      '2026-11-22T12:00:00Z  Install Docker on node-1: done in 0.1 s',
      '2026-11-22T12:00:00Z  run r-1 succeeded after 0.3 s',
    ]);
    expect(world.out()).toContain('home is up');
    expect(world.out()).not.toContain('\u001b');
  });

  it('writes events and the result as one JSON object per line', async () => {
    const world = fakeWorld({ slipway: { readSpec, up: succeeds }, files: specFile });
    await runCommandLine(['up', '-f', 'cluster.yaml', '--yes', '--json'], world);
    const objects = world
      .out()
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text) as { type: string });
    expect(objects.map(({ type }) => type)).toEqual(['run', 'event', 'event', 'event', 'event', 'result']);
    expect(objects.at(-1)).toMatchObject({ outcome: 'succeeded', exitCode: 0, runId: 'r-1' });
  });

  it('names at the end every step that failed, with its object, reasons and remedies', async () => {
    const gone = sshErrors.address_unknown({ address: 'node-1.lan' }).data;
    const unfit = {
      ...preflightErrors.machine_unfit({ machine: 'node-1', problems: 'one problem' }).data,
      chain: [gone],
    };
    const up: Slipway['up'] = async (_source, _interaction, observer) =>
      play(
        observer,
        [
          { type: 'step.failed', step: 'install-docker/node-2', error: unreachable },
          { type: 'step.failed', step: 'install-docker/node-1', error: unfit },
        ],
        'failed',
      );
    const world = fakeWorld({ slipway: { readSpec, up }, files: specFile });
    expect(await runCommandLine(['up', '-f', 'cluster.yaml', '--yes'], world)).toBe(4);
    const lines = world.out().split('\n');
    const end = lines.findIndex((line) => line.includes('failed in 2 steps'));
    expect(lines.slice(end + 1, end + 11)).toEqual([
      'Install Docker on node-1',
      expect.stringContaining(unfit.cause),
      expect.stringContaining(unfit.hint),
      `    - ${gone.cause}`,
      expect.stringContaining(gone.hint),
      '    (preflight.machine_unfit)',
      'Install Docker on node-2',
      expect.stringContaining(`node-2: ${unreachable.cause}`),
      expect.stringContaining(unreachable.hint),
      '    (ssh.unreachable)',
    ]);

    const program = fakeWorld({ slipway: { readSpec, up }, files: specFile });
    await runCommandLine(['up', '-f', 'cluster.yaml', '--yes', '--json'], program);
    expect(JSON.parse(program.out().trim().split('\n').at(-1) ?? '')).toMatchObject({
      type: 'result',
      errors: [
        { step: 'install-docker/node-1', error: unfit },
        { step: 'install-docker/node-2', error: unreachable },
      ],
    });
  });

  it('does nothing without --yes where nobody can be asked', async () => {
    const world = fakeWorld({ files: specFile });
    expect(await runCommandLine(['up', '-f', 'cluster.yaml'], world)).toBe(2);
    expect(world.err()).toContain('slipway up -f cluster.yaml --yes');
  });

  it('shows the plan on a terminal and stops when the person does not want it', async () => {
    const plan: Slipway['plan'] = async () => planned([{ kind: 'will', step, reason: 'missing' }]);
    const world = fakeWorld({ slipway: { readSpec, plan }, files: specFile, terminal: true, answers: ['n'] });
    expect(await runCommandLine(['up', '-f', 'cluster.yaml'], world)).toBe(5);
    expect(world.out()).toContain('node-1: install docker.io  (missing)');
    expect(world.out()).toContain('2 etcd members stand no failure');
    expect(world.out()).toContain('Nothing was changed.');
    expect(world.out()).toContain('It takes about 1:00, on machines and networks like ours.');
  });

  it('does not ask when nothing would change', async () => {
    const plan: Slipway['plan'] = async () => planned([{ kind: 'already', step, reason: 'is there' }]);
    const world = fakeWorld({
      slipway: { readSpec, plan, up: succeeds },
      files: specFile,
      terminal: true,
      answers: [],
    });
    expect(await runCommandLine(['up', '-f', 'cluster.yaml'], world)).toBe(0);
    expect(world.questions).toEqual([]);
  });

  it('names what must be solved first, and does not ask', async () => {
    const plan: Slipway['plan'] = async () => planned([{ kind: 'error', step, error: unreachable }]);
    const world = fakeWorld({ slipway: { readSpec, plan }, files: specFile, terminal: true, answers: [] });
    expect(await runCommandLine(['up', '-f', 'cluster.yaml'], world)).toBe(4);
    expect(world.out()).toContain('No SSH answer from 10.0.0.2:22');
  });

  it('asks once for all host keys, for the plan and the run together', async () => {
    const plan: Slipway['plan'] = async (_source, interaction) => {
      expect(await interaction.approveHostKeys(keys)).toBe(true);
      return planned([{ kind: 'will', step, reason: 'missing' }]);
    };
    const up: Slipway['up'] = async (source, interaction, observer, control) => {
      expect(await interaction.approveHostKeys(keys)).toBe(true);
      return succeeds(source, interaction, observer, control);
    };
    const world = fakeWorld({
      slipway: { readSpec, plan, up },
      files: specFile,
      terminal: true,
      answers: ['y', 'yes'],
    });
    expect(await runCommandLine(['up', '-f', 'cluster.yaml'], world)).toBe(0);
    expect(world.questions).toEqual(['Are they right, and shall they be pinned? [y/N] ', 'Go on? [y/N] ']);
    expect(world.out()).toMatch(/node-1 +10\.0\.0\.1 +ssh-ed25519 +SHA256:aaa/);
  });

  it.each([
    { flags: [], approved: false, says: 'pass --accept-host-keys' },
    { flags: ['--accept-host-keys'], approved: true, says: 'Accepted because of --accept-host-keys' },
  ])('never asks about host keys without a terminal: with $flags it answers $approved', async (row) => {
    let answer: boolean | undefined;
    const up: Slipway['up'] = async (source, interaction, observer, control) => {
      answer = await interaction.approveHostKeys(keys);
      return succeeds(source, interaction, observer, control);
    };
    const world = fakeWorld({ slipway: { readSpec, up }, files: specFile });
    await runCommandLine(['up', '-f', 'cluster.yaml', '--yes', ...row.flags], world);
    expect(answer).toBe(row.approved);
    expect(world.out()).toContain(row.says);
  });

  it('names every problem of the spec and its remedy', async () => {
    const problem = specErrors.unknown_key({
      field: 'spec.machine',
      value: '[]',
      remedy: 'Did you mean machines?',
    }).data;
    const failing: Slipway['readSpec'] = async () => {
      throw specErrors.invalid({ problems: '1 problem' }, { cause: new SlipwayError(problem) });
    };
    const world = fakeWorld({ slipway: { readSpec: failing }, files: specFile });
    expect(await runCommandLine(['up', '-f', 'cluster.yaml', '--yes'], world)).toBe(3);
    expect(world.err()).toContain('- spec.machine is not a key of the cluster spec');
    expect(world.err()).toContain('→ Did you mean machines?');
  });
});

describe('Ctrl-C', () => {
  /** Runs until it is told to stop, then ends as it was told. */
  function untilStopped(world: () => ReturnType<typeof fakeWorld>, presses: number): Slipway['up'] {
    return async (_source, _interaction, observer, control) => {
      for (let press = 0; press < presses; press++) world().press('SIGINT');
      return play(observer, [], control.leave.aborted ? 'left' : control.cancel.aborted ? 'cancelled' : 'succeeded');
    };
  }

  it.each([
    { presses: 1, code: 5, says: 'Press Ctrl-C again to leave at once' },
    { presses: 2, code: 6, says: 'Go on later with: slipway resume home' },
  ])('pressed $presses times ends with code $code', async ({ presses, code, says }) => {
    const world = fakeWorld({ slipway: { readSpec, up: untilStopped(() => world, presses) }, files: specFile });
    expect(await runCommandLine(['up', '-f', 'cluster.yaml', '--yes'], world)).toBe(code);
    expect(world.out()).toContain(says);
  });

  it('ends with what exists by then, and how to go on', async () => {
    const world = fakeWorld({ slipway: { readSpec, up: untilStopped(() => world, 1) }, files: specFile });
    await runCommandLine(['up', '-f', 'cluster.yaml', '--yes'], world);
    expect(world.out()).toContain('What exists:\n    node-1: etcd, kubelet, 1 file\n');
    expect(world.out()).toContain('Go on with:  slipway resume home');
  });

  it('pressed a third time does not wait for anything', async () => {
    const world = fakeWorld({ slipway: { readSpec, up: untilStopped(() => world, 3) }, files: specFile });
    await runCommandLine(['up', '-f', 'cluster.yaml', '--yes'], world);
    expect(world.exited()).toBe(6);
  });

  it('only stops watching when another process drives the run', async () => {
    const up: Slipway['up'] = async (_source, _interaction, observer, control) => {
      observer.started({ runId: 'r-1', clusterId: 'c-1', watching: true });
      world.press('SIGINT');
      expect([control.cancel.aborted, control.leave.aborted]).toEqual([false, true]);
      return { ...play({ ...observer, started: () => {} }, [], 'left') };
    };
    const world = fakeWorld({ slipway: { readSpec, up }, files: specFile });
    expect(await runCommandLine(['up', '-f', 'cluster.yaml', '--yes'], world)).toBe(6);
    expect(world.out()).toContain('the run goes on in the other process');
  });

  it('is nobody’s any more when the run has ended', async () => {
    const world = fakeWorld({ slipway: { readSpec, up: succeeds }, files: specFile });
    await runCommandLine(['up', '-f', 'cluster.yaml', '--yes'], world);
    const before = world.out();
    world.press('SIGINT');
    expect(world.out()).toBe(before);
  });
});

describe('on a terminal', () => {
  it('paints over itself, hides the cursor and gives it back', async () => {
    const up: Slipway['up'] = async (source, interaction, observer, control) => {
      const result = await succeeds(source, interaction, observer, control);
      world.tick();
      world.tick();
      return result;
    };
    const world = fakeWorld({ slipway: { readSpec, up }, files: specFile, terminal: true });
    expect(await runCommandLine(['up', '-f', 'cluster.yaml', '--yes'], world)).toBe(0);
    expect(world.out().split('\u001b[?25l').length).toBe(2);
    expect(world.out().split('\u001b[?25h').length).toBe(2);
    expect(world.out()).toMatch(/\u001b\[\d+A\r\u001b\[0J/);
    expect(world.out()).toMatch(/PHASE +TIME +STEPS\nInstall Docker/);
  });

  it('says every failure whole at the end, when nothing paints over it any more', async () => {
    const up: Slipway['up'] = async (_source, _interaction, observer) =>
      play(observer, [{ type: 'step.failed', step: step.id, error: unreachable }], 'failed');
    const world = fakeWorld({ slipway: { readSpec, up }, files: specFile, terminal: true });
    expect(await runCommandLine(['up', '-f', 'cluster.yaml', '--yes'], world)).toBe(4);
    const end = world.out().split('\u001b[?25h')[1];
    expect(end).toContain('✖ node-1: No SSH answer from 10.0.0.2:22 within 15000 ms.');
    expect(end).toContain(
      '→ Check that the machine is powered on and that a firewall lets this computer reach port 22.',
    );
  });

  it('gives the cursor back when the run throws', async () => {
    const up: Slipway['up'] = async (_source, _interaction, observer) => {
      observer.started({ runId: 'r-1', clusterId: 'c-1', watching: false });
      throw engineErrors.lease_held({ cluster: 'home', run: 'r-2', label: 'slipway up', pid: 7, hostname: 'h' });
    };
    const world = fakeWorld({ slipway: { readSpec, up }, files: specFile, terminal: true });
    expect(await runCommandLine(['up', '-f', 'cluster.yaml', '--yes'], world)).toBe(6);
    expect(world.out().endsWith('\u001b[?25h')).toBe(true);
  });
});

describe('other commands', () => {
  const clusters: Slipway['clusters'] = async () => [cluster('home'), cluster('work')];
  const only: Slipway['clusters'] = async () => [cluster('home')];

  it('take the only cluster there is when none is named', async () => {
    const world = fakeWorld({ slipway: { clusters: only, kubeconfig: async (name) => `# ${name}\n` } });
    expect(await runCommandLine(['kubeconfig'], world)).toBe(0);
    expect(world.out()).toBe('# home\n');
  });

  it.each([
    { argv: ['kubeconfig'], has: clusters, says: 'several clusters: home, work' },
    { argv: ['kubeconfig', 'hmoe'], has: clusters, says: 'no cluster "hmoe"' },
    { argv: ['resume'], has: async () => [], says: 'slipway up -f cluster.yaml' },
  ])('ask for a cluster that exists: $argv', async ({ argv, has, says }) => {
    const world = fakeWorld({ slipway: { clusters: has } });
    expect(await runCommandLine(argv, world)).toBe(2);
    expect(world.err()).toContain(says);
  });

  it('merge the kubeconfig where kubectl would look for it', async () => {
    const merged: unknown[] = [];
    const mergeKubeconfig: Slipway['mergeKubeconfig'] = async (...args) => {
      merged.push(args);
      return 'home';
    };
    const slipway = { clusters: only, mergeKubeconfig };
    await runCommandLine(['kubeconfig', '--merge', '--switch'], fakeWorld({ slipway }));
    await runCommandLine(['kubeconfig', 'home', '--merge'], fakeWorld({ slipway, env: { KUBECONFIG: ':/a:/b' } }));
    expect(merged).toEqual([
      ['home', '/home/ann/.kube/config', { switchContext: true }],
      ['home', '/a', { switchContext: false }],
    ]);
  });

  it('say that there is nothing to cancel', async () => {
    const world = fakeWorld({ slipway: { clusters: only, cancel: async () => false } });
    expect(await runCommandLine(['cancel'], world)).toBe(1);
  });

  it('keep the stack of a fault for --debug', async () => {
    const broken = async () => {
      throw new TypeError('x is undefined');
    };
    const world = fakeWorld({ slipway: { clusters: broken } });
    expect(await runCommandLine(['status'], world)).toBe(70);
    expect(world.err()).not.toContain('at ');
    const debugging = fakeWorld({ slipway: { clusters: broken } });
    await runCommandLine(['status', '--debug'], debugging);
    expect(debugging.err()).toMatch(/^ +at .*broken/m);
  });

  it.each(commands.map(({ name }) => name))('have help: %s', async (name) => {
    const world = fakeWorld();
    expect(await runCommandLine([...name.split(' '), '--help'], world)).toBe(0);
    expect(world.out()).toContain(`Usage: slipway ${name}`);
  });

  it('are all listed with the exit codes by slipway without a word', async () => {
    const world = fakeWorld();
    expect(await runCommandLine([], world)).toBe(0);
    for (const { name, summary } of commands)
      expect(world.out()).toMatch(new RegExp(`  ${name} +${summary.slice(0, 10)}`));
    expect(world.out()).toContain('70  a fault in Slipway');
  });
});
