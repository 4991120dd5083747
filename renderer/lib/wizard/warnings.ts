import type { ClusterSpec } from '#shared/spec/cluster.ts';
import { parseRange, parseRanges, type AddressRange } from '#shared/network/address-range.ts';
import { addressCount, overlaps, parseCidr, parseIpv4, type Network } from '#shared/network/cidr.ts';

/** What works badly, or not at all: known from the document alone, so that nobody has to wait for the host to say it. */
export type Warning =
  | { readonly kind: 'noEtcd' | 'noControlPlane' | 'noWorker' | 'networksOverlap' }
  | { readonly kind: 'evenEtcd' | 'manyEtcd'; readonly members: number }
  | { readonly kind: 'unknownTemplate'; readonly pool: string; readonly template: string }
  | { readonly kind: 'rangeTooSmall'; readonly template: string; readonly has: number; readonly needs: number }
  | { readonly kind: 'badRange' | 'noGateway' | 'noNameserver'; readonly template: string }
  | { readonly kind: 'twice'; readonly what: 'name' | 'address'; readonly value: string }
  | { readonly kind: 'inside'; readonly network: 'pods' | 'services'; readonly address: string };

/** @param keptTemplates names of the node templates of the inventory; `undefined` while nobody knows them */
export function machineWarnings(
  { spec }: ClusterSpec,
  keptTemplates: readonly string[] | undefined,
): readonly Warning[] {
  const { machines, pools, templates } = spec;
  if (machines.length + pools.length === 0) return [];
  const known = [...templates.map(({ name }) => name), ...(keptTemplates ?? [])];
  const lost = keptTemplates === undefined ? [] : pools.filter(({ template }) => !known.includes(template));
  return [
    ...roleWarnings(spec),
    ...twice(
      'name',
      [...machines, ...pools].map(({ name }) => name),
    ),
    ...twice(
      'address',
      machines.map(({ address }) => address),
    ),
    ...lost.map(({ name: pool, template }) => ({ kind: 'unknownTemplate', pool, template }) as const),
    ...rangeWarnings(spec),
  ];
}

function roleWarnings({ machines, pools }: ClusterSpec['spec']): readonly Warning[] {
  const groups = [...machines.map(({ roles }) => ({ roles, count: 1 })), ...pools];
  const count = (role: 'etcd' | 'controlplane' | 'worker'): number =>
    groups.reduce((sum, group) => sum + (group.roles.includes(role) ? group.count : 0), 0);
  const members = count('etcd');
  const warnings: Warning[] = [];
  if (members === 0) warnings.push({ kind: 'noEtcd' });
  if (members > 0 && members % 2 === 0) warnings.push({ kind: 'evenEtcd', members });
  if (members > 7) warnings.push({ kind: 'manyEtcd', members });
  if (count('controlplane') === 0) warnings.push({ kind: 'noControlPlane' });
  if (count('worker') === 0) warnings.push({ kind: 'noWorker' });
  return warnings;
}

function twice(what: 'name' | 'address', values: readonly string[]): readonly Warning[] {
  const again = values.filter((value, at) => value !== '' && values.indexOf(value) < at);
  return [...new Set(again)].map((value) => ({ kind: 'twice', what, value }));
}

function rangeWarnings({ pools, templates }: ClusterSpec['spec']): readonly Warning[] {
  return templates.flatMap(({ name: template, networks }): Warning[] => {
    const needs = pools.reduce((sum, pool) => sum + (pool.template === template ? pool.count : 0), 0);
    return networks.flatMap(({ addresses }, at): Warning[] => {
      if (addresses.kind === 'dhcp' || addresses.ranges.length === 0) return [];
      if (addresses.ranges.some((text) => parseRange(text) === undefined)) return [{ kind: 'badRange', template }];
      const has = sizeOf(parseRanges(addresses.ranges));
      return [
        ...(has < needs ? [{ kind: 'rangeTooSmall', template, has, needs } as const] : []),
        ...(at === 0 && addresses.gateway === undefined ? [{ kind: 'noGateway', template } as const] : []),
        ...(at === 0 && addresses.nameservers.length === 0 ? [{ kind: 'noNameserver', template } as const] : []),
      ];
    });
  });
}

/** Different addresses: ranges may overlap. */
function sizeOf(ranges: readonly AddressRange[]): number {
  let [sum, end] = [0, -1];
  for (const { first, last } of ranges.toSorted((a, b) => a.first - b.first)) {
    sum += Math.max(0, last - Math.max(first, end + 1) + 1);
    end = Math.max(end, last);
  }
  return sum;
}

/** Networks that lie in each other's way: traffic to one of them would never arrive. */
export function networkWarnings({ spec }: ClusterSpec): readonly Warning[] {
  const pods = parseCidr(spec.network.podCidr);
  const services = parseCidr(spec.network.serviceCidr);
  const warnings: Warning[] = pods && services && overlaps(pods, services) ? [{ kind: 'networksOverlap' }] : [];
  const used = [
    ...spec.machines.map(({ address }) => address),
    ...spec.templates.flatMap(({ networks }) =>
      networks.flatMap(({ addresses }) => (addresses.kind === 'static' ? addresses.ranges : [])),
    ),
  ];
  for (const address of used) {
    if (meets(pods, address)) warnings.push({ kind: 'inside', network: 'pods', address });
    if (meets(services, address)) warnings.push({ kind: 'inside', network: 'services', address });
  }
  return warnings;
}

function meets(network: Network | undefined, text: string): boolean {
  const one = parseIpv4(text);
  const range = one === undefined ? parseRange(text) : { first: one, last: one };
  return (
    network !== undefined &&
    range !== undefined &&
    range.first < network.base + addressCount(network.bits) &&
    network.base <= range.last
  );
}
