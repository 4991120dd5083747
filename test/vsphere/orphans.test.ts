import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bootIsoPath } from '#main/cluster/provision/names.ts';
import type { VspherePort } from '#main/cluster/vsphere-port.ts';
import { openVault } from '#main/secrets/vault.ts';
import { openVsphere } from '#main/vsphere/adapter.ts';
import { textOf } from '#main/vsphere/client/answer.ts';
import { listObjects } from '#main/vsphere/client/retrieve.ts';
import type { Vcenter } from '#main/vsphere/client/vcenter.ts';
import { openInventory } from '#main/vsphere/inventory/inventory.ts';
import { LabVcenter } from '#test/lab/vcenter/vcenter.ts';
import { autoClock } from '#test/fakes/clock.ts';
import { type Home, temporaryHome } from '#test/unit/apps/cli/home-for-test.ts';
import { openStore, specNamed } from '#test/unit/store/home-for-test.ts';
import { openVcenter, optionsFor, signal } from './open.ts';
import { Pipeline, specOfPools } from './pipeline.ts';

const category = 'slipway-cluster';
const lost = { category, name: 'c-zzzzz' };

let lab: LabVcenter;
let vcenter: Vcenter;
let port: VspherePort & AsyncDisposable;
let home: Home;

beforeAll(async () => {
  lab = await LabVcenter.start({ vms: 4 });
  vcenter = await openVcenter(lab);
});
afterAll(async () => {
  await vcenter[Symbol.asyncDispose]();
  await lab[Symbol.asyncDispose]();
});
beforeEach(async () => {
  port = openVsphere({ vcenter, limits: { clones: 1, clonesPerDatastore: 1 }, clock: autoClock() });
  home = await temporaryHome();
  const given = ['--address', new URL(lab.url).host, '--user', lab.user, '--ca', 'ca.pem', '--password-file', 'pass'];
  const files = { 'ca.pem': lab.caPem, pass: lab.password };
  expect((await home.run(['credential', 'add', 'lab', ...given], { files })).code).toBe(0);
});

/** A cluster of this inventory. */
function knownCluster(): string {
  const { folder, passphraseFile } = home;
  const { store } = openStore({ home: folder, openVault: () => openVault({ home: folder, passphraseFile }) });
  return store.clusters.create({ spec: specNamed('known'), release: 'v1.36.3' }).id;
}

const vmPaths = async () => (await openInventory(vcenter).vms(signal)).map(({ path }) => path);
const orphans = (...options: readonly string[]) => home.run(['vsphere', 'orphans', 'lab', ...options]);

describe('slipway vsphere orphans', () => {
  it('finds and removes what carries our tag and belongs to no cluster of this inventory, and nothing else', async () => {
    const known = { category, name: knownCluster() };
    const lostRun = { category: 'slipway-run', name: 'c-zzzzz.run-1' };
    for (const tag of [known, lost, lostRun]) await port.ensureTag(tag, 'of a test', signal);
    await port.ensureFolder('/DC0/vm/lost/inner', [lost], signal);
    await port.ensureFolder('/DC0/vm/known', [known], signal);
    const [lostVm, knownVm] = (await uuids()).slice(0, 2);
    await port.attachTags(lostVm?.uuid ?? '', [lost], signal);
    await port.attachTags(knownVm?.uuid ?? '', [known], signal);

    await uploadIso(lostVm?.uuid ?? '');
    expect(await isoFiles()).toHaveLength(1);

    const before = await vmPaths();
    const shown = await orphans();
    expect(shown.code).toBe(0);
    for (const path of [lostVm?.path, '/DC0/vm/lost', '/DC0/vm/lost/inner', 'slipway-cluster/c-zzzzz']) {
      expect(shown.out).toContain(path);
    }
    expect(shown.out).not.toContain(knownVm?.path);
    expect(shown.out).not.toContain('/DC0/vm/known');
    expect(shown.out).not.toContain(known.name);

    // Shown and asked about first; nobody is there to ask.
    expect((await orphans('--remove')).code).toBe(2);
    const asked = await home.run(['vsphere', 'orphans', 'lab', '--remove'], { answers: ['no'], terminal: true });
    expect([asked.code, asked.questions]).toEqual([5, ['Remove 4 objects for good? [y/N] ']]);
    expect((await orphans('--remove', '--yes', '--cluster', 'c-other')).code).toBe(0);
    expect(await vmPaths()).toEqual(before);

    const removed = await orphans('--remove', '--yes', '--json');
    expect(removed.json().at(-1)).toMatchObject({ type: 'orphans-removed', kept: [], keptDisks: [], exitCode: 0 });
    expect(await vmPaths()).toEqual(before.filter((path) => path !== lostVm?.path));
    expect(await isoFiles()).toEqual([]);
    expect(await port.missingFolders('/DC0/vm/lost', signal)).toEqual(['/DC0/vm/lost']);
    expect(await port.missingFolders('/DC0/vm/known', signal)).toEqual([]);
    expect([await port.hasTag(lost, signal), await port.hasTag(lostRun, signal)]).toEqual([false, false]);
    expect(await port.hasTag(known, signal)).toBe(true);
    expect((await orphans()).out).toContain('Nothing');
    expect((await lab.control.calls()).invalid).toEqual([]);
  });

  it('keeps a folder that somebody uses, and the tag on it, and says why', async () => {
    await port.ensureTag(lost, 'of a test', signal);
    await port.ensureFolder('/DC0/vm/used', [lost], signal);
    await port.ensureFolder('/DC0/vm/used/by somebody', [], signal);
    const removed = await orphans('--remove', '--yes', '--cluster', 'c-zzzzz');
    expect(removed.code).toBe(0);
    expect(removed.out).toContain('Kept /DC0/vm/used: it is not empty');
    expect(removed.out).toContain('Kept slipway-cluster/c-zzzzz: it is still on /DC0/vm/used');
    expect(await port.hasTag(lost, signal)).toBe(true);
  });
});

describe('an anti-affinity rule', () => {
  it('is found by its name, with the machines of a cluster whose inventory is lost', async () => {
    const before = await lab.snapshot();
    const { cluster, name, uuids: machines } = await lostCluster('forgotten');
    const make = (rule: string, instanceUuids: readonly string[]) =>
      port.ensureRule({ cluster: cluster.ref, name: rule, mandatory: false, instanceUuids }, signal);
    const [somebodys] = (await uuids()).flatMap(({ uuid }) => (machines.includes(uuid) ? [] : [uuid]));
    const others = [
      name.replace(' work ', ' mixed '), // somebody's VM is in it
      name.replace(/c-\w+/, knownCluster()), // its cluster is in this inventory
      `apart ${name}`,
    ];
    await make(others[0] ?? '', [...machines.slice(0, 1), somebodys ?? '']);
    for (const other of others.slice(1)) await make(other, machines);

    const shown = await orphans();
    expect(shown.out).toContain(`${cluster.path}: ${name}\n`);
    for (const other of others) expect(shown.out).not.toContain(`: ${other}`);

    const removed = await orphans('--remove', '--yes', '--cluster', /c-\w+/.exec(name)?.[0] ?? '', '--json');
    expect(removed.json().at(-1)).toMatchObject({ kept: [], exitCode: 0 });
    const left = await port.antiAffinityRules(signal);
    expect(left.map((rule) => rule.name).sort()).toEqual(others.sort());
    for (const rule of left) await port.removeRule(rule, signal);
    expect((await lab.snapshot()).vms).toEqual(before.vms);
  });
});

/** Two machines and their rule, made by somebody whose inventory this is not. */
async function lostCluster(name: string) {
  const pools = [{ name: 'work', template: 'small', count: 2, roles: ['worker' as const] }];
  using pipeline = await Pipeline.open(optionsFor(lab), specOfPools(name, pools));
  expect((await pipeline.create()).outcome).toBe('succeeded');
  const [cluster] = (await openInventory(vcenter).places(signal)).clusters;
  const [rule] = await port.antiAffinityRules(signal);
  if (!cluster || !rule) throw new Error('There is no rule.');
  return { cluster, name: rule.name, uuids: [...pipeline.records.values()].map(({ instanceUuid }) => instanceUuid) };
}

/** Its boot image, as a run that was killed leaves it. */
async function uploadIso(instanceUuid: string): Promise<void> {
  const vm = await port.findVm(instanceUuid, signal);
  const [datacenter] = (await openInventory(vcenter).places(signal)).datacenters;
  const [datastoreName] = vm?.datastores ?? [];
  if (!vm || !datacenter || datastoreName === undefined) throw new Error('The VM is nowhere.');
  const file = { datacenter: datacenter.ref, datastoreName, path: bootIsoPath({ id: lost.name }, vm.name) };
  await port.uploadIso(file, [{ name: 'user-data', content: Buffer.from('#cloud-config') }], signal);
}

const isoFiles = async () => JSON.stringify(await lab.snapshot()).match(/[^"]*slipway[^"]*\.iso/g) ?? [];

/** VMs that can be tagged and removed. */
async function uuids(): Promise<readonly { readonly path: string; readonly uuid: string }[]> {
  const sets = [{ type: 'VirtualMachine', paths: ['config.instanceUuid'] }];
  const found = new Map(
    await listObjects(
      vcenter,
      { what: 'list VMs', sets },
      ({ ref, values }) => [ref.id, textOf(values.get('config.instanceUuid')) ?? ''] as const,
      signal,
    ),
  );
  const vms = (await openInventory(vcenter).vms(signal)).filter(({ template }) => !template);
  return vms.flatMap(({ ref, path }) => {
    const uuid = found.get(ref.id);
    return uuid ? [{ path, uuid }] : [];
  });
}
