import { beforeAll, describe, expect, it } from 'vitest';
import type { RunEvent } from '#shared/run/events.ts';
import { Lab } from '#test/lab/lab.ts';
import { openInventory } from './support/inventory.ts';
import { Kubectl } from './support/kubectl.ts';
import { eventsOf, Person, told, type Command, type Ended } from './support/person.ts';
import { seeded, seedOfThisRun } from './support/random.ts';

const name = 'killed';
const kills = 10;

interface Session {
  readonly ended: Ended;
  readonly killed: boolean;
}

let lab: Lab;
let person: Person;
let kubectl: Kubectl;
const sessions: Session[] = [];

const seed = seedOfThisRun();
const random = seeded(seed);

// What every test below speaks of: a create on two bare machines whose process was killed ten times on its way.
beforeAll(async () => {
  console.info(`seed ${seed} (SLIPWAY_SEED to have it again)`);
  await using stack = new AsyncDisposableStack();
  lab = await Lab.up({ name: 'cluster-kill', machines: ['node-1', 'node-2'] });
  stack.defer(() => lab.down());
  person = stack.use(await Person.arrive());
  const specFile = await person.writeSpec(name, {
    ...lab.specFragment(),
    machines: [lab.machineSpec('node-1', ['etcd', 'controlplane', 'worker']), lab.machineSpec('node-2', ['worker'])],
  });

  let command = person.start('up', '-f', specFile, '--yes', '--json');
  for (let kill = 0; kill < kills; kill += 1) {
    // Spread over the whole run; not at its very end, where it may be over before the signal arrives.
    await untilMoment(command, (kill + random(1000) / 1000) / (kills + 1));
    command.kill('SIGKILL');
    sessions.push({ ended: await command.ended, killed: true });
    command = person.start('resume', name, '--json');
  }
  sessions.push({ ended: await command.ended, killed: false });
  if (last().exitCode === 0) kubectl = stack.use(await Kubectl.with(await person.exportKubeconfig(name)));
  const kept = stack.move();
  return () => kept.disposeAsync();
});

function last(): Ended {
  const session = sessions.at(-1);
  if (!session) throw new Error('Nothing was run');
  return session.ended;
}

/**
 * Waits until that share of the plan's steps has ended, in this session or before, and then for a few events more: a
 * moment is not always the end of a step.
 */
async function untilMoment(command: Command, share: number): Promise<void> {
  const before = sessions.flatMap(({ ended }) => eventsOf(ended));
  const over = new Set(before.filter(isEnd).map(({ step }) => step));
  let steps = before.flatMap(stepsOf)[0];
  let more = random(4);
  let reached = false;
  await command.untilEvent(`${Math.round(share * 100)} % of the run`, (event) => {
    steps ??= stepsOf(event)[0];
    if (isEnd(event)) over.add(event.step);
    reached ||= steps !== undefined && over.size >= share * steps;
    return reached && more-- <= 0;
  });
}

/** How many steps the plan has, from the event that tells. */
function stepsOf(event: RunEvent): readonly number[] {
  return event.type === 'run.started' ? [event.plan.steps.length] : [];
}

function isEnd(event: RunEvent): event is RunEvent & { readonly type: 'step.succeeded' | 'step.skipped' } {
  return event.type === 'step.succeeded' || event.type === 'step.skipped';
}

async function journaled(): Promise<readonly RunEvent[]> {
  const inventory = await openInventory(person, name);
  try {
    expect(inventory.runs.map(({ state }) => state)).toEqual(['succeeded']);
    return inventory.events(inventory.runs[0]?.runId ?? '');
  } finally {
    inventory.close();
  }
}

describe('a create whose process is killed at ten random moments', () => {
  it('was really killed each time, on its way', () => {
    expect(sessions.map(({ ended }) => ended.exitCode)).toEqual([...Array<number>(kills).fill(137), 0]);
  });

  it('goes on with slipway resume at once, and not as a watcher of the dead', () => {
    const opened = sessions.map(({ ended }) => ended.lines.find((line) => line.type === 'run'));
    expect(opened.map((line) => line?.watching)).toEqual(Array<boolean>(kills + 1).fill(false));
    expect(new Set(opened.map((line) => line?.runId)).size).toBe(1);
    const firsts = sessions.slice(1).map(({ ended }) => eventsOf(ended)[0]);
    expect(firsts.map((event) => event?.type)).toEqual(Array<string>(kills).fill('run.resumed'));
    const waits = sessions.slice(1).map(({ ended }, index) => (firsts[index]?.at ?? NaN) - ended.startedAt);
    console.info(`from the start of "slipway resume" to the run going on: ${waits.join(', ')} ms`);
  });

  it('ends with every node Ready', async () => {
    expect(last().exitCode, told(last())).toBe(0);
    expect(await kubectl.nodes()).toEqual({ 'node-1': true, 'node-2': true });
  });

  it('has journaled all that was told, and told all but the last words of a killed process', async () => {
    const inJournal = await journaled();
    expect(inJournal.map(({ seq }) => seq)).toEqual(inJournal.map((_event, index) => index + 1));
    const toldSeqs = sessions.flatMap(({ ended }) => eventsOf(ended)).map(({ seq }) => seq);
    expect(toldSeqs).toEqual([...new Set(toldSeqs)].sort((a, b) => a - b));
    expect(inJournal.filter(({ type }) => type === 'run.resumed')).toHaveLength(kills);
  });

  it('repeats no mutation that was finished', async () => {
    const over = new Set<string>();
    const repeated: string[] = [];
    const interrupted = new Set<string>();
    let applying = new Set<string>();
    for (const event of await journaled()) {
      if (event.type === 'run.resumed') {
        for (const step of applying) interrupted.add(step);
        applying = new Set();
      }
      if (event.type === 'step.applying') {
        if (over.has(event.step)) repeated.push(event.step);
        applying.add(event.step);
      }
      if (!isEnd(event)) continue;
      over.add(event.step);
      applying.delete(event.step);
    }
    console.info(`killed while these were applied: ${[...interrupted].join(', ')}`);
    expect(repeated).toEqual([]);
    // Otherwise the kills have hit nothing but pauses.
    expect(interrupted.size).toBeGreaterThan(0);
  });

  it('leaves no helper behind: only the containers of a cluster run on the machines', async () => {
    const names = await Promise.all(
      ['node-1', 'node-2'].map(async (machine) =>
        (await lab.machine(machine).run(['docker', 'ps', '--all', '--format', '{{.Names}}'])).trim().split('\n').sort(),
      ),
    );
    expect(names).toEqual([
      ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-proxy', 'kube-scheduler', 'kubelet'],
      ['kube-proxy', 'kubelet', 'nginx-proxy'],
    ]);
  });
});
