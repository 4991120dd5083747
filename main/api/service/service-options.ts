import type { HostCapabilities } from '#shared/contract/index.ts';
import type { Slipway } from '#main/api/slipway.ts';
import type { FileDialogs } from './file-dialogs.ts';
import type { Questions } from './questions.ts';
import type { RunDriver } from './run-driver.ts';

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
