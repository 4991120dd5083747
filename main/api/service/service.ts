import type { HostCapabilities, Service } from '#shared/contract/index.ts';
import type { Slipway } from '../slipway.ts';
import { clusterService } from './clusters.ts';
import { credentialService } from './credentials.ts';
import { diagnosticsService } from './diagnostics.ts';
import { draftService } from './drafts.ts';
import { hostService } from './host.ts';
import { inventoryService } from './inventory.ts';
import { kubeconfigService } from './kubeconfigs.ts';
import { profileService } from './profiles.ts';
import type { Questions } from './questions.ts';
import type { RunDriver } from './run-driver.ts';
import { runService } from './runs.ts';
import { secretService } from './secrets.ts';
import { settingsService } from './settings.ts';
import { specService } from './specs.ts';
import { templateService } from './templates.ts';
import { vsphereService } from './vsphere.ts';

export interface FileFilter {
  readonly name: string;
  /** Without a dot. */
  readonly extensions: string[];
}

/** The system's own file dialogs: the person chooses, a page never names a path. */
export interface FileDialogs {
  /** `undefined` when the person chose none. */
  openText(filters: readonly FileFilter[]): Promise<{ readonly name: string; readonly text: string } | undefined>;
  /** Answers where; `undefined` when the person chose no place. */
  saveText(suggestedName: string, text: string, filters: readonly FileFilter[]): Promise<string | undefined>;
}

/** What a host (web, electron) is. */
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
  /** `undefined` on a host without: there the page uses what its browser has. */
  readonly files: FileDialogs | undefined;
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
    ...profileService(options),
    ...draftService(options),
    ...secretService(options),
    ...settingsService(options),
    ...diagnosticsService(options),
    ...hostService(options),
  };
}
