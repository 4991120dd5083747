import type { Service } from '#shared/contract/index.ts';
import { clusterService } from './clusters.ts';
import { credentialService } from './credentials.ts';
import { diagnosticsService } from './diagnostics.ts';
import { draftService } from './drafts.ts';
import { hostService } from './host.ts';
import { inventoryService } from './inventory.ts';
import { kubeconfigService } from './kubeconfigs.ts';
import { profileService } from './profiles.ts';
import { runService } from './runs.ts';
import { secretService } from './secrets.ts';
import type { ServiceOptions } from './service-options.ts';
import { settingsService } from './settings.ts';
import { specService } from './specs.ts';
import { templateService } from './templates.ts';
import { vsphereService } from './vsphere.ts';

/** The whole contract over one `Slipway`. Inputs have been validated by whoever calls it. */
export function createService(options: ServiceOptions): Service {
  return {
    ...clusterService(options),
    ...runService(options),
    ...specService(options),
    ...kubeconfigService(options),
    ...credentialService(options),
    ...vsphereService(options),
    ...templateService(options),
    ...inventoryService(options),
    ...profileService(options),
    ...draftService(options),
    ...secretService(options),
    ...settingsService(options),
    ...diagnosticsService(options),
    ...hostService(options),
  };
}
