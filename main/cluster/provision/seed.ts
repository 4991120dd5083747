import type { BootFile } from '../vsphere-port.ts';
import { userData, type UserDataRequest } from './cloud-config.ts';
import { networkConfig, networkDocument, type NetworkRequest } from './network-config.ts';
import { yamlText } from './yaml-text.ts';

/** What cloud-init is told of one machine. */
export type SeedRequest = UserDataRequest &
  NetworkRequest & {
    readonly instanceUuid: string;
  };

/** What cloud-init takes for the machine's identity: with another id it runs everything again. */
export function metaData(request: Pick<SeedRequest, 'instanceUuid' | 'name'>): string {
  return yamlText(identity(request));
}

/** The files of the NoCloud datasource, for an image with the label `cidata`. They hold a private key. */
export function seedFiles(request: SeedRequest): readonly BootFile[] {
  const encoder = new TextEncoder();
  return [
    { name: 'user-data', content: encoder.encode(userData(request)) },
    { name: 'meta-data', content: encoder.encode(metaData(request)) },
    { name: 'network-config', content: encoder.encode(networkConfig(request)) },
  ];
}

/** The same for the VMware datasource (cloud-init 21.3 and later), as extra configuration; CAPV writes it so, too. */
export function guestInfo(request: SeedRequest): Readonly<Record<string, string>> {
  return {
    'guestinfo.metadata': base64(yamlText({ ...identity(request), network: networkDocument(request) })),
    'guestinfo.metadata.encoding': 'base64',
    'guestinfo.userdata': base64(userData(request)),
    'guestinfo.userdata.encoding': 'base64',
  };
}

/** Removes all that `guestInfo` sets, after the first boot: whoever may look at the VM can read the keys in it. */
export const noGuestInfo: Readonly<Record<string, string>> = {
  'guestinfo.metadata': '',
  'guestinfo.metadata.encoding': '',
  'guestinfo.userdata': '',
  'guestinfo.userdata.encoding': '',
};

function identity({ instanceUuid, name }: Pick<SeedRequest, 'instanceUuid' | 'name'>): object {
  return { 'instance-id': instanceUuid, 'local-hostname': name };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
