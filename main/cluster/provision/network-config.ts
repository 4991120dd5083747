import type { NodeTemplate, TemplateNetwork } from '#shared/spec/node-template.ts';
import { yamlText } from './yaml-text.ts';

export interface NetworkRequest {
  readonly template: Pick<NodeTemplate, 'networks'>;
  /** Of the VM's NICs, in the order of the template's networks. */
  readonly macs: readonly string[];
  /** Per network; '' for DHCP. */
  readonly addresses: readonly string[];
}

/** network-config version 2 of cloud-init, which is netplan's. As a file it stands alone; guestinfo nests it. */
export function networkConfig(request: NetworkRequest): string {
  return yamlText(networkDocument(request));
}

export function networkDocument({ template, macs, addresses }: NetworkRequest): object {
  const nics = template.networks.map((network, index) => {
    const mac = macs[index];
    if (!mac) throw new Error(`NIC ${index + 1} of ${template.networks.length} has no MAC address`);
    return [`eth${index}`, nic(network, index, mac, addresses[index] ?? '')] as const;
  });
  return { version: 2, ethernets: Object.fromEntries(nics) };
}

function nic(network: TemplateNetwork, index: number, mac: string, address: string): object {
  return {
    match: { macaddress: mac.toLowerCase() },
    'set-name': `eth${index}`,
    ...addressing(network, index, address),
    ...(network.mtu === undefined ? {} : { mtu: network.mtu }),
  };
}

/** The default route goes by the first NIC: it is where the machine is reached. */
function addressing({ addresses, network }: TemplateNetwork, index: number, address: string): object {
  const first = index === 0;
  if (addresses.kind === 'dhcp') {
    return { dhcp4: true, ...(first ? {} : { 'dhcp4-overrides': { 'use-routes': false } }) };
  }
  if (address === '')
    throw new Error(`NIC ${index + 1} in "${network}" has static addresses, but none was given to it`);
  const { prefix, gateway, nameservers, searchDomains } = addresses;
  const resolvers = {
    ...(nameservers.length > 0 ? { addresses: nameservers } : {}),
    ...(searchDomains.length > 0 ? { search: searchDomains } : {}),
  };
  return {
    dhcp4: false,
    addresses: [`${address}/${prefix}`],
    // `gateway4` is deprecated; netplan before 0.102 does not know `to: default`.
    ...(first && gateway !== undefined ? { routes: [{ to: '0.0.0.0/0', via: gateway }] } : {}),
    ...(Object.keys(resolvers).length > 0 ? { nameservers: resolvers } : {}),
  };
}
