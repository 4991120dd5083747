import type { Finding, PreflightRequest } from '#main/cluster/vsphere-port.ts';
import type { Vcenter } from '../client/vcenter.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { TagsClient } from '../tags/tags.ts';
import { findAddressesInUse, addressesFree } from './addresses-free.ts';
import { clockSkew, readClockSkew } from './clock-skew.ts';
import { datastoreSpace } from './datastore-space.ts';
import { findingsOf, type Check } from './deadline.ts';
import { distinct } from './finding.ts';
import { hostsEnough } from './hosts-enough.ts';
import { libraryFit } from './library-fit.ts';
import { namesFree, readAnnotations, takenNames } from './names-free.ts';
import {
  hostsWish,
  nothingPlaced,
  place,
  privilegeWishes,
  sourceOf,
  spaceWish,
  wantedNames,
  type Placed,
} from './placed.ts';
import { privilegeNeeds, privilegesHeld } from './privileges-held.ts';
import { missingPrivileges } from '../privileges.ts';
import { reachVcenter } from './reach-vcenter.ts';
import { readSources, type SourceFacts } from './source-facts.ts';
import { sourceFit } from './source-fit.ts';
import { readTags, tagsThere } from './tags-there.ts';

export interface PreflightWorld {
  readonly vcenter: Vcenter;
  readonly inventory: Pick<Inventory, 'places' | 'vms'>;
  readonly tags: TagsClient;
  /** Epoch ms by the clock that certificates are made by. */
  readonly now: () => number;
  /** All is over by then; what was not seen is a finding. */
  readonly withinMs?: number;
}

const withinMsDefault = 18_000;
/** Most of the rest waits for the inventory, and needs some time of its own. */
const inventoryShare = 2 / 3;

/**
 * Everything that would stop or spoil a run, at once and in parallel; errors first. Changes nothing in vCenter. The number
 * of calls does not depend on the number of machines.
 * @throws network errors and refused logins: without vCenter there is nothing to find. The signal's reason.
 */
export async function preflight(
  world: PreflightWorld,
  request: PreflightRequest,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { vcenter } = world;
  const withinMs = world.withinMs ?? withinMsDefault;
  const deadline = AbortSignal.timeout(withinMs);
  const inventoryDeadline = AbortSignal.timeout(withinMs * inventoryShare);
  const look = (check: Check) => findingsOf(check, vcenter.address, deadline, signal);

  const placed = Promise.withResolvers<Placed>();
  const resolving: Check = {
    what: 'the inventory of templates and places, which most other checks need',
    look: async (until) => {
      const [places, vms] = await Promise.all([world.inventory.places(until), world.inventory.vms(until)]);
      const all = place(request, places, vms);
      placed.resolve(all);
      return all.findings;
    },
  };
  const resolved = findingsOf(resolving, vcenter.address, inventoryDeadline, signal);
  // The checks that need it then find nothing: that it was not seen is told once.
  const settled = resolved.finally(() => placed.resolve(nothingPlaced));

  const found = await Promise.all([settled, ...checks(world, request, placed.promise).map(look)]);
  const all = distinct(found.flat());
  return [...all.filter(isError), ...all.filter((finding) => !isError(finding))];
}

const isError = ({ severity }: Finding): boolean => severity === 'error';

function checks(world: PreflightWorld, request: PreflightRequest, placed: Promise<Placed>): readonly Check[] {
  const { vcenter, tags, now } = world;
  const templates = request.machines.map(({ template }) => template);
  const sources = lazily(async (signal) => readSources(vcenter, sourceRefs(await placed), signal));
  return [
    {
      what: 'which privileges the user has',
      look: async (signal) => {
        const { entries, folders } = await placed;
        const { rootFolder } = vcenter.content;
        const needs = privilegeNeeds(privilegeWishes(entries), {
          rootFolder,
          folders,
          cloudProvider: request.cloudProvider,
        });
        const { userName } = await vcenter.session(signal);
        return privilegesHeld(needs, await missingPrivileges(vcenter, needs, signal), userName);
      },
    },
    {
      what: 'whether the templates can become nodes',
      look: async (signal) => {
        const { entries } = await placed;
        const facts = await sources(signal);
        return entries.flatMap((entry) => sourceOf(entry, facts, request.cloudProvider)).flatMap(sourceFit);
      },
    },
    { what: 'the items of content libraries', look: (signal) => libraryFit(vcenter, templates, signal) },
    {
      what: 'whether the datastores have space',
      look: async (signal) => {
        const { entries } = await placed;
        const facts = await sources(signal);
        return datastoreSpace(entries.map((entry) => spaceWish(entry, facts)));
      },
    },
    {
      what: 'whether the names are free',
      look: async (signal) => {
        const { entries, vms } = await placed;
        const taken = takenNames(entries.flatMap(wantedNames), vms);
        const annotations = await readAnnotations(
          vcenter,
          taken.map(({ vm }) => vm),
          signal,
        );
        return namesFree(taken, annotations);
      },
    },
    { what: 'whether the addresses are free', look: (signal) => lookAtAddresses(vcenter, request, signal) },
    { what: 'the hosts', look: async () => (await placed).entries.map(hostsWish).flatMap(hostsEnough) },
    {
      what: 'its clock',
      look: async (signal) => clockSkew(await readClockSkew(vcenter, now, signal), vcenter.address),
    },
    {
      what: 'the tags',
      look: async (signal) => {
        const { categories, known } = await readTags(tags, templates, signal);
        return templates.flatMap((template) => tagsThere(template, categories, known));
      },
    },
    {
      what: 'what cannot be seen from here',
      look: () => Promise.resolve(reachVcenter(request.cloudProvider, vcenter.address)),
    },
  ];
}

async function lookAtAddresses(
  vcenter: Vcenter,
  { machines }: PreflightRequest,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const wanted = machines.flatMap(({ names, addresses }) =>
    addresses.map((address, at) => ({ address, name: names[at] ?? address })),
  );
  const inUse = await findAddressesInUse(vcenter, new Set(wanted.map(({ address }) => address)), signal);
  const annotations = await readAnnotations(
    vcenter,
    inUse.map(({ vm }) => ({ ref: vm })),
    signal,
  );
  return addressesFree(wanted, inUse, annotations);
}

function sourceRefs({ entries }: Placed) {
  const all = entries.flatMap(({ resolved }) => (resolved.source ? [resolved.source.ref] : []));
  return [...new Map(all.map((ref) => [ref.id, ref])).values()];
}

/** Two checks read the same: who asks first starts it. */
function lazily(read: (signal: AbortSignal) => Promise<ReadonlyMap<string, SourceFacts>>) {
  let reading: Promise<ReadonlyMap<string, SourceFacts>> | undefined;
  return (signal: AbortSignal) => (reading ??= read(signal));
}
