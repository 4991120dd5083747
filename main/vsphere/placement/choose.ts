import type { Ref } from '../client/reference.ts';
import type { Datastore, EsxiHost } from '../inventory/choices.ts';

/** What a host can reach. */
export interface HostReach {
  readonly datastores: readonly Ref[];
  readonly networks: readonly Ref[];
}

export interface ChooseRequest {
  /** By path. */
  readonly hosts: readonly EsxiHost[];
  /** Set where DRS chooses the host when the machine is powered on. */
  readonly drs: boolean;
  /** By path. */
  readonly datastores: readonly Datastore[];
  readonly networks: readonly Ref[];
  /** By host id; a host that is not in it reaches everything. */
  readonly reach: ReadonlyMap<string, HostReach>;
  /** What this process has placed so far, by datastore id. */
  readonly placedBytes: ReadonlyMap<string, number>;
  readonly needBytes: number;
  /** Of the machine within its pool: neighbours go to different hosts. */
  readonly index: number;
}

export interface Chosen {
  readonly host: EsxiHost | null;
  readonly datastore: Datastore;
}

/**
 * The host by index, the datastore with most room on it. Pure: the same request gives the same answer.
 * @returns in words what there is where nothing fits.
 */
export function choose(request: ChooseRequest): Chosen | { readonly seen: string } {
  const { hosts, drs, index } = request;
  if (drs) {
    const datastore = roomiest(request, request.datastores);
    return datastore ? { host: null, datastore } : { seen: roomWords(request) };
  }
  const candidates = hosts.flatMap((host) => {
    if (!reachesNetworks(host, request)) return [];
    const datastore = roomiest(request, reachable(host, request));
    return datastore ? [{ host, datastore }] : [];
  });
  const chosen = candidates[index % Math.max(1, candidates.length)];
  return chosen ?? { seen: roomWords(request) };
}

function reachesNetworks({ ref }: EsxiHost, { reach, networks }: ChooseRequest): boolean {
  const its = reach.get(ref.id)?.networks;
  return its === undefined || networks.every((network) => its.some(({ id }) => id === network.id));
}

function reachable({ ref }: EsxiHost, { reach, datastores }: ChooseRequest): readonly Datastore[] {
  const its = reach.get(ref.id)?.datastores;
  return its === undefined ? datastores : datastores.filter((one) => its.some(({ id }) => id === one.ref.id));
}

function roomiest(request: ChooseRequest, datastores: readonly Datastore[]): Datastore | undefined {
  return datastores
    .filter((one) => roomIn(one, request) >= request.needBytes)
    .toSorted((a, b) => roomIn(b, request) - roomIn(a, request) || (a.path < b.path ? -1 : 1))[0];
}

function roomIn({ ref, freeBytes }: Datastore, { placedBytes }: ChooseRequest): number {
  return freeBytes - (placedBytes.get(ref.id) ?? 0);
}

function roomWords(request: ChooseRequest): string {
  const gib = (bytes: number): string => String(Math.max(0, Math.floor(bytes / 2 ** 30)));
  const rooms = request.datastores.map((one) => `${one.path} has ${gib(roomIn(one, request))} GiB left`);
  const cut = request.hosts.filter((host) => !reachesNetworks(host, request)).map(({ path }) => path);
  const hosts = cut.length === 0 || request.drs ? '' : `; not on all networks: ${cut.join(', ')}`;
  return `${rooms.join(', ')}${hosts}.`;
}
