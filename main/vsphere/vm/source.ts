import { children, numberOf, refOf, textAt, textOf, child, type XmlElement } from '../client/answer.ts';
import type { Ref } from '../client/reference.ts';
import { readObjects } from '../client/retrieve.ts';
import type { Vcenter } from '../client/vcenter.ts';
import { devicesOf, type Device } from './devices.ts';

/** What machines are cloned from. */
export interface CloneSource {
  readonly ref: Ref;
  readonly name: string;
  readonly devices: readonly Device[];
  /** What it takes on its datastores; at least what a thin clone of it takes. */
  readonly usedBytes: number;
  readonly currentSnapshot: Ref | undefined;
  readonly snapshots: readonly { readonly name: string; readonly ref: Ref }[];
}

const paths = ['name', 'config.hardware.device', 'summary.storage.committed', 'snapshot'];

/** @throws `vsphere.not_found` */
export async function readSource(vcenter: Vcenter, source: Ref, signal: AbortSignal): Promise<CloneSource> {
  const sets = [{ type: source.type, paths }];
  const [found] = await readObjects(vcenter, 'look at the source of the machines', [source], sets, signal);
  const values = found?.values ?? new Map<string, XmlElement>();
  const snapshot = values.get('snapshot');
  return {
    ref: source,
    name: textOf(values.get('name')) ?? source.id,
    devices: devicesOf(values.get('config.hardware.device')),
    usedBytes: numberOf(values.get('summary.storage.committed')) ?? 0,
    currentSnapshot: snapshot && refOf(child(snapshot, 'currentSnapshot')),
    snapshots: snapshot ? children(snapshot, 'rootSnapshotList').flatMap(withChildren) : [],
  };
}

function withChildren(tree: XmlElement): CloneSource['snapshots'] {
  const ref = refOf(child(tree, 'snapshot'));
  const own = ref ? [{ name: textAt(tree, 'name') ?? '', ref }] : [];
  return [...own, ...children(tree, 'childSnapshotList').flatMap(withChildren)];
}
