import type { Vcenter } from '../client/vcenter.ts';
import type { Places, Vm } from './choices.ts';
import type { Tree } from './paths.ts';
import { readPlaces } from './read-places.ts';
import { readVms } from './read-vms.ts';

/** What there is to choose from in one vCenter. Nothing is read before it is asked for, and then once. */
export interface Inventory {
  /** Everything but VMs. */
  places(signal: AbortSignal): Promise<Places>;
  /** Templates and VMs: in a large vCenter there are a hundred times more of them than of everything else. */
  vms(signal: AbortSignal): Promise<readonly Vm[]>;
  /** The next question asks vCenter again. */
  forget(): void;
}

export function openInventory(vcenter: Vcenter): Inventory {
  let places: Promise<{ readonly places: Places; readonly tree: Tree }> | undefined;
  let vms: Promise<readonly Vm[]> | undefined;
  const readTree = (signal: AbortSignal) => {
    places ??= readPlaces(vcenter, signal).catch((error: unknown) => {
      places = undefined; // a failed look is not kept
      throw error;
    });
    return places;
  };
  return {
    places: async (signal) => (await readTree(signal)).places,
    vms: async (signal) => {
      vms ??= readTree(signal)
        .then(({ tree }) => readVms(vcenter, tree, signal))
        .catch((error: unknown) => {
          vms = undefined;
          throw error;
        });
      return await vms;
    },
    forget() {
      places = undefined;
      vms = undefined;
    },
  };
}
