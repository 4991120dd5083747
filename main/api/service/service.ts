import type { HostCapabilities, Service } from '#shared/contract/index.ts';
import type { Slipway } from '../slipway.ts';
import { clusterService } from './clusters.ts';
import { credentialService } from './credentials.ts';
import { hostService } from './host.ts';
import { inventoryService } from './inventory.ts';
import { kubeconfigService } from './kubeconfigs.ts';
import type { Questions } from './questions.ts';
import type { RunDriver } from './run-driver.ts';
import { runService } from './runs.ts';
import { specService } from './specs.ts';
import { templateService } from './templates.ts';
import { vsphereService } from './vsphere.ts';

/** What a host (web, later electron) is. */
export interface ServiceOptions {
  readonly slipway: Slipway;
  readonly driver: RunDriver;
  readonly questions: Questions;
  /** Where relative paths in a spec start: text from a page has no folder. */
  readonly folder: string;
  /** The file that `kubeconfigs.merge` writes to. */
  readonly kubeconfigPath: string;
  readonly capabilities: HostCapabilities;
  readonly productVersion: string;
}

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
    ...hostService(options),
  };
}
