import type { Placement, PlaceRequest } from '#main/cluster/vsphere-port.ts';
import { vsphereErrors } from '#shared/errors/vsphere.ts';
import type { NodeTemplate } from '#shared/spec/node-template.ts';
import type { Ref } from '../client/reference.ts';
import type { Vcenter } from '../client/vcenter.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { resolveTemplate, type ResolvedTemplate } from '../resolve.ts';
import type { CloneSource } from '../vm/source.ts';
import { choose, type HostReach } from './choose.ts';
import { Once } from '../once.ts';
import { diskNeedBytes } from './disk-need.ts';
import { readReach } from './read-reach.ts';

export interface PlaceDeps {
  readonly vcenter: Vcenter;
  readonly inventory: Pick<Inventory, 'places' | 'vms'>;
  readonly lifetime: AbortSignal;
  readonly source: (ref: Ref, signal: AbortSignal) => Promise<CloneSource>;
  readonly folder: (path: string, signal: AbortSignal) => Promise<Ref>;
}

/** Finds places for machines, one after the other, and remembers what it gave away. */
export class Placer {
  readonly #deps: PlaceDeps;
  readonly #placedBytes = new Map<string, number>();
  readonly #reach: Once<ReadonlyMap<string, HostReach>>;

  constructor(deps: PlaceDeps) {
    this.#deps = deps;
    this.#reach = new Once(deps.lifetime);
  }

  /** @throws `vsphere.cannot_place`, `.no_room`, `.not_found` */
  async place({ template, pool, index }: PlaceRequest, signal: AbortSignal): Promise<Placement> {
    const resolved = await this.resolve(template, signal);
    const { cluster, datacenter, source, hosts } = resolved;
    const facts = source ? await this.#deps.source(source.ref, signal) : undefined;
    const needBytes = diskNeedBytes(template, facts ?? { devices: [], usedBytes: 0 });
    // With hosts to choose from given, it is for us to spread over them: DRS knows nothing of that list.
    const drs = cluster.drs && template.hosts.length === 0 && resolved.pool.onlyHost === undefined;
    const reach = drs ? new Map<string, HostReach>() : await this.#reachOf(cluster.ref, hosts, signal);
    const folder = await this.#deps.folder(resolved.folderPath, signal);
    // From here on nothing is awaited: two machines never see the same room.
    const networks = resolved.networks.map(({ ref }) => ref);
    const { datastores } = resolved;
    const request = { hosts, drs, datastores, networks, reach, placedBytes: this.#placedBytes, needBytes, index };
    const chosen = choose(request);
    if ('seen' in chosen) {
      const neededGiB = Math.ceil(needBytes / 2 ** 30);
      const what = `machine ${String(index + 1)} of the pool ${pool.name}`;
      throw vsphereErrors.no_room({ what, neededGiB, seen: chosen.seen });
    }
    const { host, datastore } = chosen;
    this.#placedBytes.set(datastore.ref.id, (this.#placedBytes.get(datastore.ref.id) ?? 0) + needBytes);
    return {
      datacenter: datacenter.ref,
      source: source?.ref ?? libraryRef(template),
      folder,
      pool: resolved.pool.ref,
      host: host?.ref ?? null,
      ...(host && { hostName: host.name }),
      datastore: datastore.ref,
      datastoreName: datastore.name,
      cluster: cluster.kind === 'cluster' ? cluster.ref : null,
    };
  }

  /** @throws `vsphere.cannot_place` with all problems. */
  async resolve(template: NodeTemplate, signal: AbortSignal): Promise<ResolvedTemplate> {
    const { inventory } = this.#deps;
    const vms = 'vm' in template.source ? await inventory.vms(signal) : [];
    const { resolved, findings } = resolveTemplate(template, await inventory.places(signal), vms);
    if (resolved) return resolved;
    const errors = findings.filter(({ severity }) => severity === 'error');
    const problem = errors.map((finding) => finding.problem).join(' ');
    const remedy = errors.map((finding) => finding.remedy).join(' ');
    throw vsphereErrors.cannot_place({ template: template.name, problem, remedy });
  }

  #reachOf(
    cluster: Ref,
    hosts: readonly { readonly ref: Ref }[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, HostReach>> {
    const refs = hosts.map(({ ref }) => ref);
    const key = [cluster, ...refs].map(({ id }) => id).join();
    return this.#reach.get(key, (lifetime) => readReach(this.#deps.vcenter, refs, lifetime), signal);
  }
}

/** An item of a content library is no managed object. */
function libraryRef({ source }: NodeTemplate): Ref {
  return { type: 'LibraryItem', id: 'item' in source ? `${source.library}/${source.item}` : '' };
}
