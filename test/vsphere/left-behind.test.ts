import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { ClusterSpec } from '#shared/spec/cluster.ts';
import {
  before,
  cloneOfSomebody,
  continuesAndGoes,
  cure,
  fails,
  failures,
  goes,
  keysOf,
  lab,
  localDatastore,
  ours,
  remember,
  threeMachines,
  useLab,
  warnings,
} from './fault-scene.ts';
import type { KilledInput } from './killed-child.ts';
import { optionsFor } from './open.ts';
import { newHome, Pipeline } from './pipeline.ts';

useLab();

describe('a run that is cancelled', () => {
  it.each(['CloneVM_Task', 'attach-multiple', 'PUT /folder', 'ReconfigVM_Task', 'PowerOnVM_Task', 'WaitForUpdatesEx'])(
    'while vCenter is at %s, leaves each machine finished or gone, and the same command makes the others',
    async (call) => {
      const spec = threeMachines();
      const cancel = new AbortController();
      using pipeline = await Pipeline.open(optionsFor(lab), spec);
      await lab.control.addRule(
        /_|Wait/.test(call) ? { method: call, skip: 1, delayMs: 300 } : { path: call, skip: 3, delayMs: 300 },
      );
      await lab.control.reset();
      const creating = pipeline.create(cancel.signal);
      const wanted = call.startsWith('attach') ? 4 : 2;
      await vi.waitFor(
        async () =>
          expect((await lab.control.list()).filter(({ method }) => method.includes(call)).length >= wanted).toBe(true),
        { timeout: 20_000, interval: 10 },
      );
      cancel.abort();
      const { outcome, events } = await creating;
      expect(outcome).toBe('cancelled');
      expect(warnings(events).filter((text) => !text.includes('DRS is off'))).toEqual([]);
      const booted = [...pipeline.records].filter(([, record]) => record.booted).map(([name]) => name);
      expect(await ours()).toMatchObject({ vms: booted, folders: booted, isos: [] });
      expect(keysOf(pipeline, 'vsphere-vm')).toEqual(booted);
      await continuesAndGoes(pipeline, spec);
    },
  );
});

describe('a clone that goes on in vCenter without us', () => {
  it('is waited for and removed, when the run was killed and the cluster is removed', async () => {
    const spec = threeMachines();
    await lab.control.addRule({ method: 'CloneVM_Task', times: 1, task: { percents: [30], hold: true, then: 'run' } });
    const home = await newHome();
    const killed = killedChild(spec, home);
    await vi.waitFor(async () => expect((await lab.control.calls()).methods['CloneVM_Task']).toBe(3), 20_000);
    await vi.waitFor(async () => expect((await ours()).vms).toHaveLength(2), 20_000);
    await killed();
    using pipeline = new Pipeline(optionsFor(lab), spec, home);
    await lab.control.reset();
    const removing = pipeline.remove();
    await vi.waitFor(async () => expect((await lab.control.calls()).methods['WaitForUpdatesEx']).toBeDefined(), 20_000);
    await lab.control.releaseTasks();
    const gone = await removing;
    expect([gone.outcome, failures(gone)]).toEqual(['succeeded', []]);
    expect(await lab.snapshot()).toEqual(before);
  });
});

/** A create in a process of its own. @returns what ends it by SIGKILL. */
function killedChild(spec: ClusterSpec, home: string): () => Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'killed-child.ts')], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const ended = once(child, 'close');
  const { url, caPem, user, password } = lab;
  child.stdin.end(JSON.stringify({ url, caPem, user, password, spec, home } satisfies KilledInput));
  return async () => {
    child.kill('SIGKILL');
    await ended;
  };
}

describe("somebody else's things", () => {
  it('that look like ours are never touched', async () => {
    const spec = threeMachines();
    const folder = `/DC0/vm/slipway/${spec.metadata.name}`;
    for (const path of ['/DC0/vm/slipway', folder]) await lab.govc('folder.create', path);
    const theirs = [`${spec.metadata.name}-work-3`, 'theirs-a', 'theirs-b'];
    for (const name of theirs) await cloneOfSomebody(name, folder);
    await lab.govc('tags.category.create', '-m', 'slipway-cluster');
    await lab.govc('tags.create', '-c', 'slipway-cluster', 'theirs');
    await lab.govc('tags.attach', '-c', 'slipway-cluster', 'theirs', `${folder}/${spec.metadata.name}-work-3`);
    await lab.govc('datastore.mkdir', '-ds', 'LocalDS_0', '-p', 'slipway-c-other');
    await lab.govc(
      ...['cluster.rule.create', '-cluster', 'DC0_C0', '-name', 'theirs', '-enable', '-anti-affinity'],
      ...['theirs-a', 'theirs-b'],
    );
    await remember();
    using pipeline = await Pipeline.open(optionsFor(lab), spec);
    await lab.control.addRule({ method: 'CloneVM_Task', times: 1, ...fails('CustomizationFault') });
    expect((await pipeline.create()).outcome).toBe('failed');
    await cure();
    expect((await pipeline.create()).outcome).toBe('succeeded');
    await goes(pipeline);
    await lab.govc('cluster.rule.remove', '-cluster', 'DC0_C0', '-name', 'theirs');
    await lab.govc('tags.category.rm', '-f', 'slipway-cluster');
    for (const name of theirs) await lab.govc('vm.destroy', `${folder}/${name}`);
    for (const path of [folder, '/DC0/vm/slipway']) await lab.govc('object.destroy', path);
    await lab.govc('datastore.rm', '-ds', 'LocalDS_0', 'slipway-c-other');
  });

  it('such as the disk of a persistent volume, are taken off a machine before it is removed, kept and named', async () => {
    const spec = threeMachines();
    using pipeline = await Pipeline.open(optionsFor(lab), spec);
    await lab.govc('datastore.mkdir', '-ds', 'LocalDS_0', '-p', 'volumes');
    await remember();
    expect((await pipeline.create()).outcome).toBe('succeeded');
    const machine = `${spec.metadata.name}-work-1`;
    const vm = `/DC0/vm/slipway/${spec.metadata.name}/${machine}`;
    await lab.govc('vm.disk.create', '-vm', vm, '-ds', 'LocalDS_0', '-name', 'volumes/pvc-1', '-size', '1G');
    const { outcome, events } = await pipeline.remove();
    expect([outcome, warnings(events)]).toEqual([
      'succeeded',
      [`${machine}: the disk [LocalDS_0] volumes/pvc-1.vmdk is not ours; it was detached and kept`],
    ]);
    expect((await lab.snapshot()).files[localDatastore]).toContain('volumes/pvc-1.vmdk');
    for (const file of ['pvc-1.vmdk', 'pvc-1-flat.vmdk'])
      await lab.govc('datastore.rm', '-f', '-ds', 'LocalDS_0', `volumes/${file}`);
    // The simulator reckons free space by devices, not by files.
    expect({ ...(await lab.snapshot()), freeBytes: before.freeBytes }).toEqual(before);
    await lab.govc('datastore.rm', '-ds', 'LocalDS_0', 'volumes');
  });
});
