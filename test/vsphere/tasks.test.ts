import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { refOf, textOf } from '#main/vsphere/client/answer.ts';
import { typed } from '#main/vsphere/client/envelope.ts';
import type { Ref } from '#main/vsphere/client/reference.ts';
import { listObjects, readObjects } from '#main/vsphere/client/retrieve.ts';
import { runTask, type TaskProgress } from '#main/vsphere/client/tasks.ts';
import type { Vcenter } from '#main/vsphere/client/vcenter.ts';
import { LabVcenter } from '#test/lab/vcenter/vcenter.ts';
import { failureOf, openVcenter, signal } from './open.ts';

let lab: LabVcenter;
let vcenter: Vcenter;
let vm: Ref;
let folder: Ref;
let pool: Ref;

beforeAll(async () => {
  lab = await LabVcenter.start();
  vcenter = await openVcenter(lab);
  const paths = ['name', 'parent', 'resourcePool'];
  const sets = [{ type: 'VirtualMachine', paths }];
  const vms = await listObjects(vcenter, { what: 'list VMs', sets }, (object) => object, signal);
  const found = vms.find(({ values }) => textOf(values.get('name')) === 'DC0_C0_RP1_VM0');
  const parent = refOf(found?.values.get('parent'));
  const ownPool = refOf(found?.values.get('resourcePool'));
  if (!found || !parent || !ownPool) throw new Error('The inventory of the lab is another one.');
  vm = found.ref;
  folder = parent;
  pool = ownPool;
});
afterAll(async () => {
  await vcenter[Symbol.asyncDispose]();
  await lab[Symbol.asyncDispose]();
});
afterEach(async () => {
  const { invalid } = await lab.control.calls();
  await lab.control.clearRules();
  await lab.control.reset();
  expect(invalid).toEqual([]);
});

const clone = (name: string) => ({
  method: 'CloneVM_Task',
  target: vm,
  args: { folder, name, spec: { location: { pool }, template: false, powerOn: false } },
});

function follow(name: string, seen: TaskProgress[] = []) {
  return { what: `clone ${name}`, withinMs: 30_000, onProgress: (progress: TaskProgress) => void seen.push(progress) };
}

async function vmNames(): Promise<readonly string[]> {
  const sets = [{ type: 'VirtualMachine', paths: ['name'] }];
  return listObjects(vcenter, { what: 'list VMs', sets }, ({ values }) => textOf(values.get('name')), signal);
}

describe('a task', () => {
  it('gives what it made', async () => {
    const made = refOf(await runTask(vcenter, clone('made'), follow('made'), signal));
    expect(made?.type).toBe('VirtualMachine');
    const [read] = await readObjects(
      vcenter,
      'look',
      made ? [made] : [],
      [{ type: 'VirtualMachine', paths: ['name'] }],
      signal,
    );
    expect(textOf(read?.values.get('name'))).toBe('made');
  });

  it('tells the percentages that vCenter tells', async () => {
    const seen: TaskProgress[] = [];
    await lab.control.addRule({ method: 'CloneVM_Task', task: { percents: [12, 55, 90], hold: true, then: 'run' } });
    const onProgress = (progress: TaskProgress): void => {
      seen.push(progress);
      if (progress.percent) void lab.control.releaseTasks();
    };
    await runTask(vcenter, clone('percents'), { ...follow('percents'), onProgress }, signal);
    expect(seen.map(({ percent }) => percent).filter((percent) => percent)).toEqual([12, 55, 90]);
    expect(await vmNames()).toContain('percents');
  });

  it('that fails says what, why, and which task it was', async () => {
    const fault = { type: 'CustomizationFault', message: 'The guest did not like it.' };
    await lab.control.addRule({ method: 'CloneVM_Task', task: { percents: [40], then: 'fail', fault } });
    const error = await failureOf(runTask(vcenter, clone('failing'), follow('failing'), signal));
    expect(error).toMatchObject({
      code: 'vsphere.task_failed',
      cause: 'vCenter could not clone failing (CustomizationFault): The guest did not like it.',
    });
    expect(error.hint).toMatch(/task task-\d+/);
  });

  it('that fails for a reason we know is that error', async () => {
    await runTask(vcenter, clone('twice'), follow('twice'), signal);
    const error = await failureOf(runTask(vcenter, clone('twice'), follow('twice'), signal));
    expect(error).toMatchObject({ code: 'vsphere.name_taken', params: { what: 'clone twice', name: 'twice' } });
    expect(error.params['object']).toContain('VirtualMachine "twice"');
  });

  it('goes on when the session ends, and so do we', async () => {
    const seen: TaskProgress[] = [];
    await lab.control.addRule({ method: 'CloneVM_Task', task: { percents: [10, 90], hold: true, then: 'run' } });
    let ended: Promise<void> | undefined;
    const onProgress = (progress: TaskProgress): void => {
      seen.push(progress);
      if (progress.percent === 10) ended ??= lab.control.expireSessions().then(() => lab.control.releaseTasks());
      if (progress.percent === 90) void lab.control.releaseTasks();
    };
    await runTask(vcenter, clone('relogin'), { ...follow('relogin'), onProgress }, signal);
    expect(seen.at(-1)).toEqual({ state: 'running', percent: 90 });
    expect(await vmNames()).toContain('relogin');
    expect((await lab.control.calls()).logins).toHaveLength(1);
  });

  it('is stopped in vCenter when we are cancelled, and makes nothing', async () => {
    await lab.control.addRule({ method: 'CloneVM_Task', task: { percents: [30], then: 'hang' } });
    const cancel = new AbortController();
    const onProgress = ({ percent }: TaskProgress): void => {
      if (percent === 30) cancel.abort(new Error('cancelled by the person'));
    };
    const running = runTask(vcenter, clone('cancelled'), { ...follow('cancelled'), onProgress }, cancel.signal);
    await expect(running).rejects.toThrow('cancelled by the person');
    expect(await vmNames()).not.toContain('cancelled');
    expect((await lab.control.calls()).methods['CancelTask']).toBe(1);
  });

  it('that ends well before it hears of the cancellation gives what it made', async () => {
    await lab.control.addRule({ method: 'CloneVM_Task', task: { percents: [30], hold: true, then: 'run' } });
    await lab.control.addRule({ method: 'CancelTask', fault: { type: 'NotSupported' } });
    const cancel = new AbortController();
    const onProgress = ({ percent }: TaskProgress): void => {
      if (percent !== 30) return;
      cancel.abort(new Error('cancelled by the person'));
      void lab.control.releaseTasks();
    };
    const made = await runTask(vcenter, clone('too-late'), { ...follow('too-late'), onProgress }, cancel.signal);
    expect(refOf(made)?.type).toBe('VirtualMachine');
  });

  it('that ignores the cancellation is named, with what it was last seen doing', async () => {
    await lab.control.addRule({ method: 'CloneVM_Task', task: { percents: [30], then: 'stick' } });
    await lab.control.addRule({ method: 'CancelTask', fault: { type: 'NotSupported' } });
    const cancel = new AbortController();
    const onProgress = ({ percent }: TaskProgress): void => {
      if (percent === 30) cancel.abort();
    };
    const following = { ...follow('stuck'), onProgress, stopWithinMs: 300 };
    expect(await failureOf(runTask(vcenter, clone('stuck'), following, cancel.signal))).toMatchObject({
      code: 'vsphere.cancel_ignored',
      cause: 'vCenter goes on although it was asked to stop: clone stuck. Last seen: running, 30 %.',
    });
  });

  it('that hangs is overdue, and is asked to stop', async () => {
    await lab.control.addRule({ method: 'CloneVM_Task', task: { percents: [30], then: 'hang' } });
    const error = await failureOf(runTask(vcenter, clone('slow'), { ...follow('slow'), withinMs: 800 }, signal));
    expect(error).toMatchObject({ code: 'vsphere.task_overdue', params: { seen: 'running, 30 %' } });
    expect((await lab.control.calls()).methods['CancelTask']).toBe(1);
  });

  it('costs no more calls beside many others', async () => {
    const callsFor = async (count: number): Promise<number> => {
      await lab.control.reset();
      const names = Array.from({ length: count }, (_, at) => `many-${String(count)}-${String(at)}`);
      await Promise.all(names.map((name) => runTask(vcenter, clone(name), follow(name), signal)));
      const { methods } = await lab.control.calls();
      // How often vCenter has news of a task is its own affair.
      return Object.entries(methods).reduce((sum, [method, n]) => sum + (method === 'WaitForUpdatesEx' ? 0 : n), 0);
    };
    const [one, twelve] = [await callsFor(1), await callsFor(12)];
    expect(one).toBe(2);
    expect(twelve).toBeLessThanOrEqual(24);
  });
});

describe('a value whose type is open', () => {
  it('reaches vCenter as the type it is', async () => {
    const made = refOf(await runTask(vcenter, clone('typed'), follow('typed'), signal));
    if (!made) throw new Error('There is no clone.');
    const option = { key: 'guestinfo.note', value: typed('xsd:string', 'a <b>') };
    const controller = { key: -1, busNumber: 1, sharedBus: 'noSharing' };
    const spec = {
      deviceChange: typed('VirtualDeviceConfigSpec', {
        operation: 'add',
        device: typed('ParaVirtualSCSIController', controller),
      }),
      extraConfig: typed('OptionValue', option),
    };
    const call = { method: 'ReconfigVM_Task', target: made, args: { spec } };
    await runTask(vcenter, call, { what: 'configure typed', withinMs: 30_000 }, signal);
    const sets = [{ type: 'VirtualMachine', paths: ['config.extraConfig', 'config.hardware.device'] }];
    const [read] = await readObjects(vcenter, 'look', [made], sets, signal);
    expect(JSON.stringify(read?.values.get('config.extraConfig'))).toContain('a <b>');
    const devices = JSON.stringify(read?.values.get('config.hardware.device'));
    expect(devices.match(/ParaVirtualSCSIController/g)?.length).toBeGreaterThan(1);
  });
});
