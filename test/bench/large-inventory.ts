import { loadavg } from 'node:os';
import { openInventory } from '#main/vsphere/inventory/inventory.ts';
import { LabVcenter } from '#test/lab/vcenter/vcenter.ts';
import { openVcenter, signal } from '#test/vsphere/open.ts';
import { seconds, table } from './report.ts';

/** All that a wizard page offers of one large vCenter. */
export interface LargeInventory {
  readonly vms: number;
  readonly wallMs: number;
  /** Of our process; the rest is the simulator's, and what else this computer does. */
  readonly cpuMs: number;
  /** By how much our memory grew at most. */
  readonly memoryMiB: number;
  readonly load: number;
}

export async function measureLargeInventory(vms: number): Promise<LargeInventory> {
  await using lab = await LabVcenter.start({ vms });
  await using vcenter = await openVcenter(lab);
  const load = loadavg()[0] ?? 0;
  const inventory = openInventory(vcenter);
  const memory = process.memoryUsage.rss();
  const [cpu, startedAt] = [process.cpuUsage(), performance.now()];
  await inventory.places(signal);
  const found = await inventory.vms(signal);
  const templates = found.filter(({ template }) => template).map(({ ref }) => ref);
  await inventory.vmDetails(templates, signal);
  await inventory.customAttributes(signal);
  const wallMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpu);
  const peakKiB = process.resourceUsage().maxRSS;
  const memoryMiB = Math.max(0, peakKiB / 1024 - memory / 2 ** 20);
  return { vms: found.length, wallMs, cpuMs: (user + system) / 1000, memoryMiB, load };
}

export function largeInventoryReport({ vms, wallMs, cpuMs, memoryMiB, load }: LargeInventory): string {
  return table([
    [`all choices among ${String(vms)} VMs`, 'LIMIT', 'SEEN'],
    ['wall time', '2.0 s', seconds(wallMs)],
    ['CPU time of our process', '', seconds(cpuMs)],
    ['memory more than before', '100 MiB', `${memoryMiB.toFixed(0)} MiB`],
    ['load average at the start', '', load.toFixed(1)],
  ]);
}
