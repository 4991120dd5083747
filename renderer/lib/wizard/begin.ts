import type { SpecBody, SpecDocument } from './spec-document.ts';
import { freeName, newDocument } from './spec-document.ts';
import { poolsOfSize } from './pools.ts';
import { newTemplate } from './template-choices.ts';
import type { OutputOf } from '#shared/contract/index.ts';

type Registries = OutputOf<'settings.get'>['registries'];

/** Of the node template that the wizard makes. */
export const ownTemplate = 'machine';

export interface Beginning {
  readonly clusters: readonly string[];
  readonly credentials: readonly string[];
  /** Of the settings: what every cluster here needs. */
  readonly registries: Registries;
}

/** The document of somebody who has not answered anything yet: complete but for what only they know. */
export function firstDocument({ clusters, credentials, registries }: Beginning): SpecDocument {
  const [credential = '', ...others] = credentials;
  const document = newDocument(freeName(clusters));
  return {
    ...document,
    spec: {
      vsphere: { credential: others.length === 0 ? credential : '' },
      templates: [newTemplate(ownTemplate)],
      pools: poolsOfSize('small', ownTemplate),
      ...(registries.length > 0 ? { registries: registries.map(registryOfSettings) } : {}),
    },
  };
}

/** A registry of the settings, to be changed here without changing it there. */
export function registryOfSettings(registry: Registries[number]): NonNullable<SpecBody['registries']>[number] {
  return { ...registry, mirrorOf: [...registry.mirrorOf] };
}

/** A profile is a spec whose name is no cluster's. */
export function documentOfProfile(profile: SpecDocument, clusters: readonly string[]): SpecDocument {
  return { ...profile, metadata: { ...profile.metadata, name: freeName(clusters, profile.metadata.name) } };
}
