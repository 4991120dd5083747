import { openSlipway, type SlipwayOptions } from '#main/api/open.ts';
import type { DrivenRun } from '#main/api/service/run-driver.ts';
import type { ServiceOptions } from '#main/api/service/service-options.ts';
import { memoryPort } from '#main/rpc/memory.ts';
import { createClient } from '#shared/contract/client.ts';
import type { Client, HostCapabilities } from '#shared/contract/index.ts';
import { type Host, openHost } from '../open-host.ts';

export interface DesktopHostOptions
  extends SlipwayOptions, Pick<ServiceOptions, 'kubeconfigPath' | 'productVersion' | 'folder' | 'files'> {
  readonly log: (line: string) => void;
}

/** The inventory and the runs that this process drives, without any window. */
export interface DesktopHost extends Host {
  /** The application's own way to what its pages can do. */
  readonly client: Client;
  /** Asks the runs that this process drives to cancel, and waits until they have ended. */
  cancelRuns(): Promise<void>;
  /** Leaves what is at work so that it can be resumed, and closes the inventory. */
  close(): Promise<void>;
}

const capabilities: HostCapabilities = {
  app: 'electron',
  nativeFileDialogs: true,
  notifications: true,
  openExternal: true,
};

/** @throws `store.*` */
export async function openDesktopHost(options: DesktopHostOptions): Promise<DesktopHost> {
  const slipway = await openSlipway(options);
  const { clock } = options;
  const host = openHost({ ...options, slipway, capabilities, now: () => clock.now() });
  const port = memoryPort(host.dispatcher, host.onFault);
  const client = createClient(port);
  return {
    ...host,
    client,
    cancelRuns: async () => {
      await Promise.all(host.driver.active().map((run) => cancelled(client, run)));
    },
    async close() {
      await host.driver.leave();
      port[Symbol.dispose]();
      await slipway[Symbol.asyncDispose]();
    },
  };
}

async function cancelled(client: Client, { runId, cluster }: DrivenRun): Promise<void> {
  await client.call('runs.cancel', { cluster });
  for await (const frame of client.open('runs.watch', { runId })) if (frame.kind === 'ended') return;
}
