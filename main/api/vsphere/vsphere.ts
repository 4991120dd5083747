import type { World } from '#main/api/world.ts';
import { type ChoiceKind, listChoices, type VsphereChoice } from './choices.ts';
import { findOrphans, type Orphan, type OrphanRemoval, removeOrphans } from './orphans.ts';

/** What is in the vCenter of a cloud credential. */
export interface VsphereApi {
  /** @param wanted `search`: every word of it is somewhere in the path; '' for all. */
  choices(
    credential: string,
    wanted: { readonly kinds: readonly ChoiceKind[]; readonly search: string },
    signal: AbortSignal,
  ): Promise<readonly VsphereChoice[]>;
  /** What carries our tag or annotation and belongs to no cluster of this inventory. */
  orphans(credential: string, signal: AbortSignal): Promise<readonly Orphan[]>;
  /** Of what `orphans` answered, and only what still is one. */
  removeOrphans(credential: string, chosen: readonly Orphan[], signal: AbortSignal): Promise<OrphanRemoval>;
}

export function vsphereApi(world: World): VsphereApi {
  return {
    choices: (credential, wanted, signal) => listChoices(world, credential, wanted, signal),
    orphans: (credential, signal) => findOrphans(world, credential, signal),
    removeOrphans: (credential, chosen, signal) => removeOrphans(world, credential, chosen, signal),
  };
}
