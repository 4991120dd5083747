import type { SlipwayError } from '#shared/errors/define.ts';
import { specErrors } from '#shared/errors/spec.ts';
import type { ClusterSpec } from '#shared/spec/cluster.ts';
import { allocateAddresses } from '../provision/addresses.ts';
import { poolMachines, templateIndex, type VmRecords } from '../provision/pools.ts';
import { didYouMean } from './did-you-mean.ts';

type Spec = ClusterSpec['spec'];

export interface ExistingMachines {
  /** Of this cluster, by machine name. */
  readonly records: VmRecords;
  /** Addresses that other clusters have. */
  readonly reserved: Iterable<string>;
}

export const nothing: ExistingMachines = { records: new Map(), reserved: [] };

export function vsphereProblems({ vsphere, pools }: Spec): readonly SlipwayError[] {
  if (vsphere || pools.length === 0) return [];
  const remedy =
    'Add spec.vsphere: { credential: … }, the name of a cloud credential: spec.pools makes its machines in that vCenter.';
  return [specErrors.missing_key({ field: 'spec.vsphere', remedy })];
}

/** What pools name, what their machines are called, and whether there are addresses for all of them. */
export function poolProblems(document: ClusterSpec, existing: ExistingMachines): readonly SlipwayError[] {
  const { spec } = document;
  return [
    ...duplicateNames(spec),
    ...unknownTemplates(spec),
    ...document.spec.pools.flatMap((_, index) => hostnameProblems(document, index)),
    ...duplicateMachines(document),
    ...addressProblems(document, existing),
  ];
}

function duplicateNames({ pools }: Spec): readonly SlipwayError[] {
  return pools.flatMap(({ name }, index) => {
    const first = pools.findIndex((pool) => pool.name === name);
    if (first === index) return [];
    return [specErrors.duplicate({ field: `spec.pools[${index}].name`, value: name, other: `spec.pools[${first}]` })];
  });
}

function unknownTemplates(spec: Spec): readonly SlipwayError[] {
  return spec.pools.flatMap(({ template }, index) => {
    if (templateIndex(spec, template) >= 0) return [];
    const known = spec.templates.map(({ name }) => name);
    const meant = didYouMean(template, known);
    const there = meant ? `; did you mean "${meant}"` : known.length > 0 ? `; there are ${known.join(', ')}` : '';
    const expected = `must be a node template of spec.templates or of the inventory${there}`;
    return [specErrors.wrong_value({ field: `spec.pools[${index}].template`, value: `"${template}"`, expected })];
  });
}

const dnsLabel = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** A machine's name is also its host name and the name of its Node. */
function hostnameProblems({ metadata, spec }: ClusterSpec, index: number): readonly SlipwayError[] {
  const pool = spec.pools[index];
  if (!pool) return [];
  const bad = poolMachines(metadata.name, [pool]).find(({ name }) => !dnsLabel.test(name));
  if (!bad) return [];
  const long = bad.name.length > 63 ? ` (${bad.name.length} characters)` : '';
  const expected =
    'must give names of at most 63 lower-case letters, digits and "-", beginning and ending with a letter or digit; ' +
    `machine ${bad.index + 1} would be "${bad.name}"${long}`;
  return [specErrors.wrong_value({ field: `spec.pools[${index}].hostname`, value: `"${pool.hostname}"`, expected })];
}

/** One error per pool: with two rules alike, all machines collide. */
function duplicateMachines({ metadata, spec }: ClusterSpec): readonly SlipwayError[] {
  const owners = new Map(spec.machines.map(({ name }, index) => [name, `spec.machines[${index}]`]));
  return spec.pools.flatMap((pool, index) => {
    const field = `spec.pools[${index}].hostname`;
    const machines = poolMachines(metadata.name, [pool]);
    const twice = machines.find(({ name }) => owners.has(name));
    const other = owners.get(twice?.name ?? '');
    for (const { name } of machines) owners.set(name, `spec.pools[${index}]`);
    if (!twice || other === undefined) return [];
    return [specErrors.duplicate({ field: `${field} of machine ${twice.index + 1}`, value: twice.name, other })];
  });
}

function addressProblems({ metadata, spec }: ClusterSpec, existing: ExistingMachines): readonly SlipwayError[] {
  const given = spec.machines.flatMap(({ address, internalAddress }) => [address, internalAddress ?? address]);
  const { errors } = allocateAddresses({
    templates: spec.templates,
    machines: poolMachines(metadata.name, spec.pools),
    taken: new Map([...existing.records].map(([name, { staticAddresses }]) => [name, staticAddresses])),
    reserved: [...existing.reserved, ...given],
  });
  return errors;
}
