import type { VspherePort } from '#main/cluster/vsphere-port.ts';
import { openVsphere } from '#main/vsphere/adapter.ts';
import type { VsphereSettings } from '#shared/spec/node-template.ts';
import { openVcenterOf } from './vcenters.ts';
import type { World } from '#main/api/world.ts';

/**
 * The vCenter that a cluster's machines are made in, logged in with its cloud credential. Closes its session when disposed.
 * @throws what `openVcenterOf` throws.
 */
export async function openVsphereOf(
  world: World,
  { credential, clones, clonesPerDatastore }: VsphereSettings,
  signal: AbortSignal,
): Promise<VspherePort & AsyncDisposable> {
  const vcenter = await openVcenterOf(world, credential, signal);
  const port = openVsphere({ vcenter, limits: { clones, clonesPerDatastore }, clock: world.clock });
  return {
    ...port,
    async [Symbol.asyncDispose]() {
      await port[Symbol.asyncDispose]();
      await vcenter[Symbol.asyncDispose]();
    },
  };
}
