import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import type { CloneRequest, FoundVm, VspherePort } from '#main/cluster/vsphere-port.ts';
import { children, refOf, textAt, textOf } from '#main/vsphere/client/answer.ts';
import type { VimInput } from '#main/vsphere/client/envelope.ts';
import type { Ref } from '#main/vsphere/client/reference.ts';
import { listObjects, readObjects } from '#main/vsphere/client/retrieve.ts';
import { runTask } from '#main/vsphere/client/tasks.ts';
import type { Vcenter } from '#main/vsphere/client/vcenter.ts';
import { openVsphere } from '#main/vsphere/adapter.ts';
import { devicesOf, type Device } from '#main/vsphere/vm/devices.ts';
import { MachinePool, NodeTemplate, type NodeTemplateInput } from '#shared/spec/node-template.ts';
import type { LabVcenter } from '#test/lab/vcenter/vcenter.ts';
import { systemClock } from './clock.ts';
import { openVcenter, signal } from './open.ts';

export const pool = v.parse(MachinePool, { name: 'workers', template: 'small', count: 3, roles: ['worker'] });

/** Fits the lab's vCenter. */
export function nodeTemplate(changes: Partial<NodeTemplateInput> = {}): NodeTemplate {
  return v.parse(NodeTemplate, {
    name: 'small',
    source: { vm: 'ubuntu-24.04' },
    pool: '/DC0/host/DC0_C0/Resources',
    datastore: 'LocalDS_0',
    networks: [{ network: 'VM Network' }],
    ...changes,
  });
}

/** The port, and what a test looks at beside it. */
export class Machines implements AsyncDisposable {
  readonly vcenter: Vcenter;
  readonly vsphere: VspherePort & AsyncDisposable;

  private constructor(vcenter: Vcenter) {
    this.vcenter = vcenter;
    this.vsphere = this.another();
  }

  static async open(lab: LabVcenter): Promise<Machines> {
    return new Machines(await openVcenter(lab));
  }

  /** As of another process, that has seen nothing yet. */
  another(): VspherePort & AsyncDisposable {
    return openVsphere({
      vcenter: this.vcenter,
      limits: { clones: 8, clonesPerDatastore: 4 },
      clock: systemClock,
    });
  }

  async request(name: string, changes: Partial<NodeTemplateInput> = {}, by = this.vsphere): Promise<CloneRequest> {
    const template = nodeTemplate(changes);
    return {
      ...{ name, instanceUuid: randomUUID(), template, annotation: `slipway: ${name}` },
      placement: await by.place({ template, pool, index: 0 }, signal),
      ...{ mayBeUnderWay: false, withinMs: 30_000 },
    };
  }

  async make(name: string, changes: Partial<NodeTemplateInput> = {}): Promise<FoundVm> {
    return this.vsphere.clone(await this.request(name, changes), () => {}, signal);
  }

  async read(ref: Ref, ...paths: string[]) {
    const [found] = await readObjects(this.vcenter, 'look', [ref], [{ type: ref.type, paths }], signal);
    if (!found) throw new Error(`${ref.id} is not there.`);
    return found.values;
  }

  async devices(ref: Ref): Promise<readonly Device[]> {
    return devicesOf((await this.read(ref, 'config.hardware.device')).get('config.hardware.device'));
  }

  async reconfigure(ref: Ref, spec: Readonly<Record<string, VimInput>>): Promise<void> {
    await this.run('ReconfigVM_Task', ref, { spec });
  }

  async run(method: string, target: Ref, args: Readonly<Record<string, VimInput>>) {
    return runTask(this.vcenter, { method, target, args }, { what: method, withinMs: 10_000 }, signal);
  }

  async names(): Promise<readonly string[]> {
    const sets = [{ type: 'VirtualMachine', paths: ['name'] }];
    return listObjects(this.vcenter, { what: 'list', sets }, ({ values }) => textOf(values.get('name')), signal);
  }

  /** Names of the files in a folder of a datastore, sorted; none when there is no such folder. */
  async filesIn(datastore: string, folder: string): Promise<readonly string[]> {
    const sets = [{ type: 'Datastore', paths: ['name', 'browser'] }];
    const browsers = await listObjects(
      this.vcenter,
      { what: 'list', sets },
      ({ values }) => (textOf(values.get('name')) === datastore ? refOf(values.get('browser')) : undefined),
      signal,
    );
    const args = { datastorePath: `[${datastore}] ${folder}`, searchSpec: { matchPattern: '*' } };
    const result = browsers[0] && (await this.run('SearchDatastore_Task', browsers[0], args));
    return children(result ?? {}, 'file')
      .flatMap((file) => textAt(file, 'path') ?? [])
      .toSorted();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.vsphere[Symbol.asyncDispose]();
    await this.vcenter[Symbol.asyncDispose]();
  }
}
