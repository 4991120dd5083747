import type { OutputOf } from '#shared/contract/index.ts';
import type { NodeTemplateInput, TemplateTag } from '#shared/spec/node-template.ts';

export type VsphereChoice = OutputOf<'vsphere.choices'>[number];

/** For the node template that the wizard makes: complete but for what only the person knows. */
export function newTemplate(name: string): NodeTemplateInput {
  return { name, source: { vm: '' }, networks: [{ network: '' }] };
}

export function sourceOf({ source }: NodeTemplateInput): string {
  return 'vm' in source ? source.vm : source.item === '' ? '' : `${source.library}/${source.item}`;
}

/** The same template from another source: what lies in another datacenter cannot stay. */
export function withSource(template: NodeTemplateInput, choice: VsphereChoice): NodeTemplateInput {
  if (choice.kind === 'library-items') {
    const [library = '', ...item] = choice.path.split('/');
    return { ...template, source: { library, item: item.join('/') } };
  }
  const datacenter = datacenterOf(choice.path);
  /** A name alone may well be one here, too. */
  const stays = (path: string | undefined): boolean => [datacenter, undefined].includes(datacenterOf(path ?? ''));
  const { pool, hosts = [], datastore, folder, networks, ...rest } = template;
  return {
    ...rest,
    source: { vm: choice.path },
    ...(stays(pool) ? { pool } : {}),
    ...(hosts.some(stays) ? { hosts: hosts.filter(stays) } : {}),
    ...(stays(datastore) ? { datastore } : {}),
    ...(stays(folder) ? { folder } : {}),
    networks: networks.map((one) => (stays(one.network) ? one : { ...one, network: '' })),
  };
}

/** A category may have a slash in its name: the tag's own name says where it ends. */
export function tagOfChoice({ name, path }: Pick<VsphereChoice, 'name' | 'path'>): TemplateTag {
  return { category: path.slice(0, -name.length - 1), tag: name };
}

export function tagPath({ category, tag }: TemplateTag): string {
  return `${category}/${tag}`;
}

/**
 * The template with all that is not filled in yet and has only one possible value, or an obvious best one: the only
 * template, the largest cluster, of what that cluster's hosts have the datastore with most room that all hosts share, and
 * the only network or `VM Network`.
 */
export function prefilled(template: NodeTemplateInput, choices: readonly VsphereChoice[]): NodeTemplateInput {
  const of = (...kinds: readonly VsphereChoice['kind'][]): readonly VsphereChoice[] =>
    choices.filter(({ kind }) => kinds.includes(kind));
  const only = onlyOne(of('templates'));
  const filled = sourceOf(template) === '' && only ? withSource(template, only) : template;
  const datacenter = datacenterOf(sourceOf(filled)) ?? onlyOne(of('datacenters'))?.path;
  const here = (all: readonly VsphereChoice[]): readonly VsphereChoice[] =>
    datacenter === undefined ? [] : all.filter(({ path }) => datacenterOf(path) === datacenter);
  const pool = filled.pool ?? largest(here(of('clusters')), ({ details }) => numberOf(details['hosts']))?.path;
  const cluster = of('clusters').find(({ path }) => pool === path || pool?.startsWith(`${path}/`));
  const reached = (all: readonly VsphereChoice[]): readonly VsphereChoice[] =>
    cluster?.reaches === undefined ? all : all.filter(({ id }) => cluster.reaches?.includes(id));
  const datastore = filled.datastore ?? roomiest(reached(here(of('datastores'))))?.path;
  const network = usualNetwork(reached(here(of('networks'))))?.path ?? '';
  return {
    ...filled,
    ...(pool === undefined ? {} : { pool }),
    ...(datastore === undefined ? {} : { datastore }),
    // What the further ones are for only the person knows.
    networks: filled.networks.map((one, at) => (at === 0 && one.network === '' ? { ...one, network } : one)),
  };
}

/** `/DC0` of `/DC0/vm/templates/debian-13`. */
function datacenterOf(path: string): string | undefined {
  const [, name] = path.split('/');
  return path.startsWith('/') && name !== undefined ? `/${name}` : undefined;
}

function roomiest(datastores: readonly VsphereChoice[]): VsphereChoice | undefined {
  const usable = datastores.filter(
    ({ details }) => details['accessible'] !== false && details['inMaintenance'] !== true,
  );
  const shared = usable.filter(({ details }) => details['shared'] === true);
  return largest(shared.length > 0 ? shared : usable, ({ details }) => numberOf(details['freeBytes']));
}

function usualNetwork(networks: readonly VsphereChoice[]): VsphereChoice | undefined {
  return onlyOne(networks) ?? onlyOne(networks.filter(({ name }) => name === 'VM Network'));
}

function largest(
  choices: readonly VsphereChoice[],
  size: (choice: VsphereChoice) => number,
): VsphereChoice | undefined {
  return choices.toSorted((a, b) => size(b) - size(a))[0];
}

function numberOf(detail: string | number | boolean | undefined): number {
  return typeof detail === 'number' ? detail : 0;
}

function onlyOne<T>(all: readonly T[]): T | undefined {
  return all.length === 1 ? all[0] : undefined;
}
