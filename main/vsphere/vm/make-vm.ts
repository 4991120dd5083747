import type { CloneRequest } from '#main/cluster/vsphere-port.ts';
import { hasCode } from '#shared/errors/define.ts';
import { vsphereErrors } from '#shared/errors/vsphere.ts';
import type { Progress } from '#shared/run/events.ts';
import type { Ref } from '../client/reference.ts';
import type { Vcenter } from '../client/vcenter.ts';
import type { Network, Places } from '../inventory/choices.ts';
import { byNameOrPath } from '../inventory/search.ts';
import { deployLibraryItem } from '../library/deploy.ts';
import { deployedBefore } from '../library/deployed-before.ts';
import type { Clones } from './clone.ts';
import { cloneSpec, configSpec } from './clone-spec.ts';
import { reconfigure } from './reconfigure.ts';
import { readSource, type CloneSource } from './source.ts';
import { findVmRef } from './vm-ref.ts';

export interface MakeDeps {
  readonly vcenter: Vcenter;
  readonly clones: Clones;
  readonly places: (signal: AbortSignal) => Promise<Places>;
  readonly source: (ref: Ref, signal: AbortSignal) => Promise<CloneSource>;
}

/** By clone or from a library, within the limits. */
export async function makeVm(
  { vcenter, clones, places, source }: MakeDeps,
  request: CloneRequest,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Ref> {
  const { template, placement } = request;
  const networks = networksOf(request, await places(signal));
  const spec = async () => cloneSpec(request, await source(placement.source, signal), networks);
  const work = (): Promise<Ref> =>
    'vm' in template.source
      ? clones.make(request, spec, onProgress, signal).catch((error: unknown) => {
          throw sourceGone(error, request);
        })
      : deploy({ vcenter, clones }, request, template.source, networks, signal);
  return await clones.inTurn(request, work, signal);
}

/** What is gone cannot be asked for its name: the person knows it as the node template says it. */
function sourceGone(error: unknown, { name, template, placement: { source } }: CloneRequest): unknown {
  if (!hasCode(error, 'vsphere.not_found') || error.data.params['object'] !== `${source.type} ${source.id}`)
    return error;
  const known = 'vm' in template.source ? template.source.vm : template.source.item;
  return vsphereErrors.not_found({ what: `clone ${name}`, object: `its source ${known} (${source.id})` });
}

/** Names were judged when the machine was placed; here only those of its datacenter count. */
function networksOf({ template, placement, name }: CloneRequest, { networks }: Places): readonly Network[] {
  const here = networks.filter(({ datacenter }) => datacenter?.id === placement.datacenter.id);
  return template.networks.map(({ network }) => {
    const [found, another] = byNameOrPath(here, network);
    if (found && !another) return found;
    throw vsphereErrors.not_found({ what: `clone ${name}`, object: `the one network "${network}"` });
  });
}

/** REST sets neither identity nor devices: that comes right after. Who ends in between finds it by name and notes. */
async function deploy(
  { vcenter, clones }: Pick<MakeDeps, 'vcenter' | 'clones'>,
  request: CloneRequest,
  { library, item }: { readonly library: string; readonly item: string },
  networks: readonly Network[],
  signal: AbortSignal,
): Promise<Ref> {
  const { name, annotation, placement, instanceUuid } = request;
  const what = `configure ${name}`;
  const known = request.mayBeUnderWay ? await findVmRef(vcenter, instanceUuid, signal) : undefined;
  if (known) return known;
  const begun = clones.deployed.get(instanceUuid) ?? (request.mayBeUnderWay ? await before() : undefined);
  const vm = begun ?? (await deployInTime().catch(orBefore));
  clones.deployed.set(instanceUuid, vm);
  const { devices } = await readSource(vcenter, vm, signal);
  const spec = configSpec(request, devices, networks, what, `${library}/${item}`);
  await reconfigure(vcenter, vm, spec, what, signal);
  return vm;

  async function deployInTime(): Promise<Ref> {
    const overdue = AbortSignal.timeout(request.withinMs);
    const patience = AbortSignal.any([signal, overdue]);
    try {
      return await deployLibraryItem(vcenter, { library, item, name, annotation, placement }, patience);
    } catch (error) {
      if (signal.aborted || !overdue.aborted) throw error;
      const withinSeconds = request.withinMs / 1000;
      const seen = `${library}/${item} is being deployed`;
      throw vsphereErrors.task_overdue({ what: `deploy ${name}`, withinSeconds, seen, task: 'of the library item' });
    }
  }

  function before(): Promise<Ref | undefined> {
    return deployedBefore(vcenter, { folder: placement.folder, name, annotation }, signal);
  }

  async function orBefore(error: unknown): Promise<Ref> {
    const found = hasCode(error, 'vsphere.name_taken') ? await before() : undefined;
    if (!found) throw error;
    return found;
  }
}
