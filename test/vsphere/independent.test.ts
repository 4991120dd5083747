import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '#test/lab/command.ts';
import { ensurePrograms } from '#test/lab/host-packages.ts';
import { silent } from '#test/lab/progress.ts';
import { LabVcenter, machineTemplate } from '#test/lab/vcenter/vcenter.ts';
import { optionsFor } from './open.ts';
import { Pipeline, specOfPools } from './pipeline.ts';

let lab: LabVcenter;
let folder: string;

beforeAll(async () => {
  lab = await LabVcenter.start();
  await ensurePrograms(['xorriso', 'bsdtar'], silent);
  folder = await mkdtemp(join(tmpdir(), 'slipway-independent-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await lab[Symbol.asyncDispose]();
});

const spec = specOfPools('shop', [
  { name: 'main', template: 'small', count: 1, roles: ['etcd', 'controlplane'] },
  { name: 'work', template: 'small', count: 2, roles: ['worker'], antiAffinity: 'must' },
]);
const where = '/DC0/vm/slipway/shop';
const machines = ['shop-main-1', 'shop-work-1', 'shop-work-2'];

const lines = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '');
const json = async <T>(command: string, ...args: readonly string[]): Promise<T> =>
  JSON.parse(await lab.govc(command, '-json', ...args)) as T;

interface VmInfo {
  readonly virtualMachines: readonly {
    readonly name: string;
    readonly config: {
      readonly instanceUuid: string;
      readonly annotation: string;
      readonly hardware: { readonly numCPU: number; readonly memoryMB: number; readonly device: readonly Device[] };
    };
    readonly runtime: { readonly powerState: string };
  }[];
}
interface Device {
  readonly type?: string;
  readonly deviceInfo?: { readonly label: string };
  readonly macAddress?: string;
  readonly backing?: { readonly fileName?: string; readonly deviceName?: string };
}

const vmInfo = async (name: string): Promise<VmInfo['virtualMachines'][number]> => {
  const [found] = (await json<VmInfo>('vm.info', `${where}/${name}`)).virtualMachines;
  if (!found) throw new Error(`govc does not know ${name}.`);
  return found;
};

describe("govc, which shares no line with us, sees of a cluster's machines", () => {
  it('before their first boot is over and afterwards what our inventory says, and nothing after the removal', async () => {
    const before = await lab.snapshot();
    const booting = Promise.withResolvers<void>();
    using pipeline = await Pipeline.open(optionsFor(lab), spec, {
      bootState: async () => {
        await booting.promise;
        return { kind: 'done' };
      },
      onEvent: (event) => {
        if (event.type === 'step.applying' && event.step.startsWith('first-boot/')) waiting.add(event.step);
        if (waiting.size === machines.length) all.resolve();
      },
    });
    const waiting = new Set<string>();
    const all = Promise.withResolvers<void>();
    const creating = pipeline.create();
    await Promise.race([all.promise, creating]);
    await sees(pipeline, 'booting');
    await seesImage(pipeline);
    expect(lines(await lab.govc('cluster.rule.ls', '-cluster', 'DC0_C0'))).toEqual([]);
    booting.resolve();
    expect((await creating).outcome).toBe('succeeded');
    await sees(pipeline, 'booted');
    await seesRule(pipeline);
    expect((await pipeline.remove()).outcome).toBe('succeeded');
    expect(lines(await lab.govc('find', '/DC0/vm', '-name', 'shop*'))).toEqual([]);
    expect(lines(await lab.govc('cluster.rule.ls', '-cluster', 'DC0_C0'))).toEqual([]);
    expect(lines(await lab.govc('tags.ls'))).toEqual([]);
    expect(lines(await lab.govc('tags.category.ls'))).toEqual([]);
    expect(
      lines(await lab.govc('datastore.ls', '-ds', 'LocalDS_0')).filter((name) => /shop|slipway/.test(name)),
    ).toEqual([]);
    expect(await lab.snapshot()).toEqual(before);
  });
});

async function sees(pipeline: Pipeline, state: 'booting' | 'booted'): Promise<void> {
  const found = lines(await lab.govc('find', where, '-type', 'm')).toSorted();
  expect(found).toEqual(machines.map((name) => `${where}/${name}`));
  expect([...pipeline.records.keys()].toSorted()).toEqual(machines);
  const clusterId = bootFolder(pipeline).slice('slipway-'.length);
  for (const [name, record] of pipeline.records) {
    const vm = await vmInfo(name);
    const { config, runtime } = vm;
    expect([name, config.instanceUuid, runtime.powerState]).toEqual([name, record.instanceUuid, 'poweredOn']);
    expect([config.hardware.numCPU, config.hardware.memoryMB]).toEqual([2, 4096]);
    expect(config.annotation).toContain(`slipway.dev/cluster: ${clusterId}`);
    const isos = config.hardware.device.flatMap(({ backing }) =>
      backing?.fileName?.endsWith('.iso') ? [backing.fileName] : [],
    );
    expect(isos).toEqual(state === 'booting' ? [`[LocalDS_0] slipway-${clusterId}/${name}.iso`] : []);
    const nics = config.hardware.device.flatMap(({ macAddress, backing }) => (macAddress ? [backing?.deviceName] : []));
    expect(nics).toEqual([machineTemplate.network]);
    expect(lines(await lab.govc('vm.ip', `${where}/${name}`))).toEqual([record.address]);
    const tags = lines(await lab.govc('tags.attached.ls', '-r', `${where}/${name}`));
    expect(tags.toSorted()).toEqual([clusterId, expect.stringMatching(`^${clusterId}\\.run-`)]);
  }
  expect(lines(await lab.govc('tags.category.ls')).toSorted()).toEqual(['slipway-cluster', 'slipway-run']);
  const onFolder = lines(await lab.govc('tags.attached.ls', '-r', where));
  expect(onFolder).toEqual([clusterId]);
}

async function seesRule(pipeline: Pipeline): Promise<void> {
  const clusterId = bootFolder(pipeline).slice('slipway-'.length);
  const [rule, ...more] = lines(await lab.govc('cluster.rule.ls', '-cluster', 'DC0_C0'));
  expect([rule, more]).toEqual([`slipway shop work (${clusterId})`, []]);
  const members = lines(await lab.govc('cluster.rule.ls', '-cluster', 'DC0_C0', '-name', rule ?? ''));
  expect(members.toSorted()).toEqual(machines.slice(1));
  const details = await lab.govc('collect', '-json', '/DC0/host/DC0_C0', 'configurationEx');
  expect(details).toMatch(/"enabled": ?true/);
  expect(details).toMatch(/"mandatory": ?true/);
}

/** Of the datastore; from what the inventory says exists. */
function bootFolder({ artefacts }: Pipeline): string {
  const tag = artefacts.find(({ kind, key }) => kind === 'vsphere-tag' && key.startsWith('slipway-cluster/'));
  return `slipway-${tag?.key.slice('slipway-cluster/'.length) ?? ''}`;
}

/** The image that govc downloads is the one in the drive, and a reader that is not ours accepts it. */
async function seesImage(pipeline: Pipeline): Promise<void> {
  const names = lines(await lab.govc('datastore.ls', '-ds', 'LocalDS_0', bootFolder(pipeline))).toSorted();
  expect(names).toEqual(machines.map((name) => `${name}.iso`));
  for (const name of machines) {
    const file = join(folder, `${name}.iso`);
    await lab.govc('datastore.download', '-ds', 'LocalDS_0', `${bootFolder(pipeline)}/${name}.iso`, file);
    const told = await run(['xorriso', '-indev', file, '-toc', '-find', '/', '-type', 'f', '-exec', 'lsdl', '--'], {});
    expect(told).toContain("'/user-data'");
    expect(lines(await run(['bsdtar', '-tf', file], {})).toSorted()).toEqual([
      '.',
      'meta-data',
      'network-config',
      'user-data',
    ]);
    const metadata = await run(['bsdtar', '-xOf', file, 'meta-data'], {});
    expect(metadata).toContain(name);
    const userData = await run(['bsdtar', '-xOf', file, 'user-data'], {});
    expect(userData.startsWith('#cloud-config')).toBe(true);
    const key = await pipeline.secret(`ssh-host-key/${name}`);
    const { publicKey } = JSON.parse(key ?? '{}') as { publicKey?: string };
    expect(userData).toContain(publicKey);
    expect(pipeline.records.get(name)?.hostKey).toBe(publicKey);
  }
}
