// npm run bench:vsphere [-- --rounds 3] [--json]: all choices of a large vCenter; fifty machines against five.
import { mkdir, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { RunEvent } from '#shared/run/events.ts';
import { ConsoleProgress } from '#test/lab/progress.ts';
import { LabVcenter } from '#test/lab/vcenter/vcenter.ts';
import { optionsFor } from '#test/vsphere/open.ts';
import { Pipeline, specOfPools } from '#test/vsphere/pipeline.ts';
import { largeInventoryReport, measureLargeInventory } from './large-inventory.ts';
import { type Made, type Pair, vsphereReport } from './vsphere-report.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, json: { type: 'boolean', default: false } },
});
const resultFile = fileURLToPath(new URL('../../test-results/bench-vsphere.json', import.meta.url));
const progress = new ConsoleProgress();
// First, while nothing else has filled our memory.
const large = await progress.step('choices of a large vCenter', () => measureLargeInventory(10_000));
await using lab = await LabVcenter.start({}, progress);
let runs = 0;

await progress.step('warm up', () => make(5));
const measured: (readonly Pair[])[] = [];
// A vCenter answers in 10–50 ms; the lab's at once.
for (const delayMs of [0, 20]) {
  const rounds: Pair[] = [];
  for (let round = 1; round <= Number(values.rounds); round++) {
    rounds.push(await progress.step(`${String(delayMs)} ms per call, round ${String(round)}`, () => measure(delayMs)));
  }
  measured.push(rounds);
}
await mkdir(join(resultFile, '..'), { recursive: true });
await writeFile(resultFile, `${JSON.stringify({ large, measured }, null, 2)}\n`);
const report = `${largeInventoryReport(large)}\n\n${vsphereReport(measured)}`;
console.log(values.json ? JSON.stringify({ large, measured }, null, 2) : report);
progress.note(`as JSON: ${resultFile}`);

/** One right after the other, so that what else this computer does falls on both. */
async function measure(delayMs: number): Promise<Pair> {
  const load = loadavg()[0] ?? 0;
  const [five, fifty] = [await make(5, delayMs), await make(50, delayMs)];
  return { delayMs, five, fifty, ratio: fifty.wallMs / five.wallMs, load };
}

async function make(count: number, delayMs = 0): Promise<Made> {
  const name = `bench-${String((runs += 1))}`;
  const spec = specOfPools(name, [{ name: 'all', template: 'small', count, roles: ['worker'] }]);
  using pipeline = await Pipeline.open(optionsFor(lab), spec);
  if (delayMs > 0) {
    await lab.control.addRule({ method: '*', delayMs });
    await lab.control.addRule({ path: '.*', delayMs });
  }
  await lab.control.reset();
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const { outcome, events } = await pipeline.create();
  const wallMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpu);
  const cpuMs = (user + system) / 1000;
  const { requests, methods, invalid } = await lab.control.calls();
  if (outcome !== 'succeeded' || invalid.length > 0) throw new Error(`The run ${outcome}: ${invalid.join('\n')}`);
  await lab.control.clearRules(); // removing is not measured
  await pipeline.remove();
  return {
    count,
    requests,
    waits: methods['WaitForUpdatesEx'] ?? 0,
    wallMs,
    cpuMs,
    prepareMs: prepared(events),
  };
}

/** Until the first machine is begun: the vault, preflight, tags and folders, which are the same for any number. */
function prepared(events: readonly RunEvent[]): number {
  const first = events.find((event) => event.type === 'step.applying' && event.step.startsWith('create-machine'));
  return (first?.at ?? 0) - (events[0]?.at ?? 0);
}
