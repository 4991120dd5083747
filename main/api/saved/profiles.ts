import type { ProfileRecord, ProfileSummary } from '#main/store/saved/profiles.ts';
import { profileErrors } from '#shared/errors/profile.ts';
import { profileFile, profileOf, readProfileFile } from './profile-document.ts';
import type { World } from '#main/api/world.ts';

export type { ProfileSummary };

/** Saved, reusable cluster specs. */
export interface ProfilesApi {
  /** By name. */
  list(): Promise<readonly ProfileSummary[]>;
  /** @throws `profile.unknown` */
  get(name: string): Promise<ProfileRecord>;
  /**
   * @param profile a replaced one keeps its description when none is given.
   * @throws `profile.exists`, `spec.unreadable`; `profile.invalid` with every problem in its chain.
   */
  save(
    profile: { readonly name: string; readonly description?: string; readonly text: string },
    options: { readonly replace: boolean },
  ): Promise<ProfileSummary>;
  /** @throws `profile.unknown` */
  remove(name: string): Promise<void>;
  /** As a file of its own. @throws `profile.unknown` */
  export(name: string): Promise<{ readonly fileName: string; readonly text: string }>;
  /** From such a file. @throws as `save` */
  import(text: string, options: { readonly replace: boolean }): Promise<ProfileSummary>;
}

export function profilesApi({ store: { profiles } }: Pick<World, 'store'>): ProfilesApi {
  const get = (name: string): ProfileRecord => {
    const found = profiles.find(name);
    if (found) return found;
    throw unknown(name);
  };
  const unknown = (name: string) => {
    const known = profiles.list().map((one) => one.name);
    return profileErrors.unknown({ name, known: known.join(', ') || 'none yet' });
  };
  const summary = (name: string): ProfileSummary => {
    const { text: _large, ...rest } = get(name);
    return rest;
  };

  return {
    list: async () => profiles.list(),
    get: async (name) => get(name),
    async save({ name, description, text }, options) {
      const profile = profileOf(name, text);
      profiles.put({ ...profile, description: description ?? profiles.find(name)?.description ?? '' }, options);
      return summary(name);
    },
    async remove(name) {
      if (!profiles.remove(name)) throw unknown(name);
    },
    export: async (name) => ({ fileName: `${name}.profile.yaml`, text: profileFile(get(name)) }),
    async import(text, options) {
      const profile = readProfileFile(text);
      profiles.put(profile, options);
      return summary(profile.name);
    },
  };
}
