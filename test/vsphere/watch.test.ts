import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { textOf } from '#main/vsphere/client/answer.ts';
import { ref, type Ref } from '#main/vsphere/client/reference.ts';
import { watchObject } from '#main/vsphere/client/watch-object.ts';
import type { Values } from '#main/vsphere/client/watch.ts';
import { KnownVms } from '#main/vsphere/vm/vm-ref.ts';
import { LabVcenter } from '#test/lab/vcenter/vcenter.ts';
import { Machines } from './machines.ts';
import { failureOf, signal } from './open.ts';

let lab: LabVcenter;
let machines: Machines;

beforeAll(async () => {
  lab = await LabVcenter.start();
  machines = await Machines.open(lab);
});
afterAll(async () => {
  await machines[Symbol.asyncDispose]();
  await lab[Symbol.asyncDispose]();
});
afterEach(async () => {
  const { invalid } = await lab.control.calls();
  await lab.control.clearRules();
  await lab.control.reset();
  expect(invalid).toEqual([]);
});

const noteOf = (values: Values): string => textOf(values.get('config.annotation')) ?? '';

/** Ends when the machine's note is this one. */
function untilNote(object: Ref, note: string, stop = signal, told: string[] = []): Promise<string> {
  const watch = { what: 'read a note', object, paths: ['config.annotation'] };
  const see = (values: Values): string | undefined => {
    told.push(noteOf(values));
    return noteOf(values) === note ? note : undefined;
  };
  return watchObject(machines.vcenter, watch, see, stop);
}

describe('objects that are watched', () => {
  it('share one collector and one call that waits', async () => {
    const made = await Promise.all(['w-1', 'w-2', 'w-3', 'w-4'].map((name) => machines.make(name)));
    await lab.control.reset();
    const seen = made.map(({ ref: vm }) => untilNote(vm, 'done'));
    for (const { ref: vm } of made) await machines.reconfigure(vm, { annotation: 'done' });
    expect(await Promise.all(seen)).toEqual(['done', 'done', 'done', 'done']);
    const { methods } = await lab.control.calls();
    expect(methods['CreatePropertyCollector']).toBeUndefined(); // the clones before have made it
    expect(methods['CreateFilter']).toBe(1);
  });

  it('go on being watched when one who watched gives up', async () => {
    const vm = (await machines.make('given-up')).ref;
    const cancel = new AbortController();
    const [kept, left] = [untilNote(vm, 'done'), untilNote(vm, 'done', cancel.signal)];
    cancel.abort(new Error('given up'));
    await expect(left).rejects.toThrow('given up');
    await machines.reconfigure(vm, { annotation: 'done' });
    expect(await kept).toBe('done');
  });

  it('are told as they are now to whoever comes later, and comes again', async () => {
    const vm = (await machines.make('again')).ref;
    await machines.reconfigure(vm, { annotation: 'first' });
    const told: string[] = [];
    const waiting = untilNote(vm, 'third', signal, told);
    expect(await untilNote(vm, 'first')).toBe('first');
    await machines.reconfigure(vm, { annotation: 'second' });
    expect(await untilNote(vm, 'second')).toBe('second');
    await machines.reconfigure(vm, { annotation: 'third' });
    expect(await waiting).toBe('third');
    expect(await untilNote(vm, 'third')).toBe('third');
    expect(told.at(0)).toBe('first');
  });

  it('are watched on in a new session, with what has happened in between', async () => {
    const [one, two] = [(await machines.make('relogin-1')).ref, (await machines.make('relogin-2')).ref];
    const seen = [untilNote(one, 'done'), untilNote(two, 'done')];
    await lab.control.expireSessions();
    await machines.reconfigure(one, { annotation: 'done' });
    await machines.reconfigure(two, { annotation: 'done' });
    expect(await Promise.all(seen)).toEqual(['done', 'done']);
  });

  it('that are gone, or go, are not found', async () => {
    const vm = (await machines.make('going')).ref;
    const told: string[] = [];
    const waiting = failureOf(untilNote(vm, 'never', signal, told));
    // Watched by now: one that comes and goes between two answers would be no news at all.
    await expect.poll(() => told.length).toBeGreaterThan(0);
    await machines.run('Destroy_Task', vm, {});
    expect(await waiting).toMatchObject({ code: 'vsphere.not_found', params: { what: 'read a note' } });
    expect(await failureOf(untilNote(vm, 'never'))).toMatchObject({ code: 'vsphere.not_found' });
  });
});

describe('a VM that was seen before', () => {
  it('is looked for again when it has another reference now', async () => {
    const vm = await machines.make('moved');
    const known = new KnownVms(machines.vcenter);
    known.seen(vm.instanceUuid, { ref: ref('VirtualMachine', 'vm-99999'), name: 'moved' });
    const read = async ({ ref: at }: { readonly ref: Ref }) => textOf((await machines.read(at, 'name')).get('name'));
    expect(await known.use('look', vm.instanceUuid, read, signal)).toBe('moved');
    expect(known.get(vm.instanceUuid)?.ref).toEqual(vm.ref);
  });

  it('is told to be gone when it is', async () => {
    const { vsphere } = machines;
    const vm = await machines.make('gone');
    await machines.run('Destroy_Task', vm.ref, {});
    expect(await vsphere.findVm(vm.instanceUuid, signal)).toBeUndefined();
    const error = await failureOf(vsphere.powerOn(vm.instanceUuid, signal));
    expect(error).toMatchObject({ code: 'vsphere.not_found' });
    expect(error.params['object']).toContain(vm.instanceUuid);
  });
});
