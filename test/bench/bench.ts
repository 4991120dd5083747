// npm run bench [-- --rounds 3] [--json] [--one-machine]: how long Slipway takes, against the least it could take.
import { mkdir, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { containersOf } from '#test/cluster/support/containers.ts';
import { Kubectl } from '#test/cluster/support/kubectl.ts';
import { Person } from '#test/cluster/support/person.ts';
import { Lab } from '#test/lab/lab.ts';
import { ConsoleProgress } from '#test/lab/progress.ts';
import { criticalPath } from './critical-path.ts';
import { measureFloor } from './floor.ts';
import { keepActivation, restoreActivation, takeReadyMade } from './ready-made.ts';
import { type AddWorker, limits, report, type Round, seconds } from './report.ts';
import { measureUp, type MeasuredUp } from './up.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
    'one-machine': { type: 'boolean', default: false },
  },
});
const cluster = 'bench';
const resultFile = fileURLToPath(new URL('../../test-results/bench.json', import.meta.url));
const progress = new ConsoleProgress();
const withWorker = !values['one-machine'];

await using lab = await Lab.up({ name: cluster, machines: withWorker ? ['node-1', 'node-2'] : ['node-1'], progress });
const machine = lab.machine('node-1');
await using builder = await Person.arrive();
await progress.step('install Docker, pull the images, make certificates and configuration', () =>
  measureUpOn(builder, Object.keys(lab.machines)),
);
await using kubectl = await Kubectl.with(await builder.exportKubeconfig(cluster));
const made = await takeReadyMade(machine, kubectl);
for (const other of Object.values(lab.machines)) await keepActivation(other);

const rounds: Round[] = [];
let worker: AddWorker | undefined;
for (let number = 1; number <= Number(values.rounds); number++) {
  const isLast = number === Number(values.rounds);
  const round = await progress.step(`round ${number}`, () => measureRound(isLast && withWorker));
  progress.note(`floor ${seconds(round.floor.rolledOutMs)}, up ${seconds(round.up.elapsedMs)}`);
  rounds.push(round);
}
const result = {
  limits,
  rounds: rounds.map(({ up, again, ...rest }) => ({ ...rest, up: plain(up), again: plain(again) })),
  addWorker: worker && { ...plain(worker.up), touched: worker.touched },
};
await mkdir(join(resultFile, '..'), { recursive: true });
await writeFile(resultFile, `${JSON.stringify(result, null, 2)}\n`);
console.log(values.json ? JSON.stringify(result, null, 2) : report(rounds, worker));
progress.note(`as JSON: ${resultFile}`);

/** Floor and `up` alternate, so that what else this computer does falls on both. */
async function measureRound(andWorker: boolean): Promise<Round> {
  const load = loadavg()[0] ?? 0;
  await reset();
  const floor = await measureFloor(machine, kubectl, made);
  await reset();
  // A new inventory each time: keys and certificates are made, as for a person's first cluster.
  await using person = await Person.arrive();
  const up = await measureUpOn(person, ['node-1']);
  const again = await measureUpOn(person, ['node-1']);
  if (andWorker) worker = await measureWorker(person);
  return { floor, up, again, load, ratio: up.elapsedMs / floor.rolledOutMs };
}

async function measureWorker(person: Person): Promise<AddWorker> {
  const before = await containersOf(lab, ['node-1']);
  const up = await measureUpOn(person, ['node-1', 'node-2']);
  const after = new Set((await containersOf(lab, ['node-1']))['node-1']);
  return { up, touched: (before['node-1'] ?? []).filter((container) => !after.has(container)) };
}

async function measureUpOn(person: Person, names: readonly string[]): Promise<MeasuredUp> {
  const machines = names.map((name, index) =>
    lab.machineSpec(name, index === 0 ? ['etcd', 'controlplane', 'worker'] : ['worker']),
  );
  return measureUp(person, await person.writeSpec(cluster, { ...lab.specFragment(), machines }));
}

/** Docker installed and configured, images present, nothing of a cluster: for both sides the same. */
async function reset(): Promise<void> {
  await Promise.all(
    Object.values(lab.machines).map(async (each) => {
      await each.reset({ keepImages: true });
      await restoreActivation(each);
    }),
  );
}

function plain({ view, ...measured }: MeasuredUp): object {
  return { ...measured, phases: view.phases, criticalPath: criticalPath(view) };
}
