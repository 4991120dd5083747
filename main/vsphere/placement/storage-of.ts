import type { NodeTemplate } from '#shared/spec/node-template.ts';
import type { Cluster, Datastore, DatastoreCluster, Places } from '../inventory/choices.ts';

/** What is wrong, and what to do about it. */
export type Report = (problem: string, remedy: string) => void;

/** Where disks can go: usable, and reachable from the cluster. */
export interface Storage {
  readonly datastores: readonly Datastore[];
  readonly datastoreCluster: DatastoreCluster | undefined;
}

/**
 * The datastores that a name means, or the only one there is.
 * @param chosen What the template names; `undefined` when that is not one thing, which was reported already.
 */
export function storageOf(
  chosen: Datastore | DatastoreCluster | undefined,
  { datastore: text }: NodeTemplate,
  cluster: Cluster,
  places: Places,
  report: Report,
): Storage | undefined {
  const reachable = places.datastores.filter(({ ref }) => cluster.datastores.some(({ id }) => id === ref.id));
  if (text === undefined) return defaultStorage(reachable.filter(isUsable), cluster, places, report);
  if (!chosen) return undefined; // reported: unknown or ambiguous
  const pod = places.datastoreClusters.find(({ ref }) => ref.id === chosen.ref.id);
  const members = pod ? places.datastores.filter((one) => one.pod?.id === pod.ref.id) : [];
  const wanted = pod ? members : places.datastores.filter(({ ref }) => ref.id === chosen.ref.id);
  const here = wanted.filter((one) => reachable.includes(one));
  const usable = here.filter(isUsable);
  if (usable.length > 0) return { datastores: usable, datastoreCluster: pod };
  if (here.length === 0) {
    const none = pod && members.length === 0 ? `the datastore cluster ${pod.path} is empty.` : undefined;
    report(none ?? `no host of ${cluster.path} reaches the datastore ${chosen.path}.`, chooseFrom(reachable));
  } else {
    report(`the datastore ${here.map(datastoreState).join(', ')}.`, chooseFrom(reachable));
  }
  return undefined;
}

function defaultStorage(
  usable: readonly Datastore[],
  cluster: Cluster,
  places: Places,
  report: Report,
): Storage | undefined {
  const [first, second] = usable;
  const pod = places.datastoreClusters.find(({ ref }) => ref.id === first?.pod?.id);
  if (first && !second) return { datastores: usable, datastoreCluster: pod };
  if (pod && usable.every((one) => one.pod?.id === pod.ref.id)) return { datastores: usable, datastoreCluster: pod };
  const which = first ? 'there is not only one' : `${cluster.path} has none that can be used`;
  report(`it names no datastore, and ${which}.`, chooseFrom(usable));
  return undefined;
}

function isUsable({ accessible, inMaintenance }: Datastore): boolean {
  return accessible && !inMaintenance;
}

function datastoreState({ path, accessible }: Datastore): string {
  return `${path} is ${accessible ? 'in maintenance mode' : 'not accessible'}`;
}

function chooseFrom(datastores: readonly Datastore[]): string {
  const usable = datastores.filter(isUsable);
  return usable.length === 0 ? 'Ask for a datastore in vCenter.' : `Choose "datastore" from: ${listed(usable)}`;
}

function listed(datastores: readonly Datastore[]): string {
  return datastores.map(({ path }) => path).join(', ');
}
