import { isIPv4 } from 'node:net';
import type { WantedAddress } from '#main/cluster/vsphere-port.ts';
import { vsphereErrors } from '#shared/errors/vsphere.ts';
import { booleanOf, child, children, textAt, textOf } from '../client/answer.ts';
import type { Ref } from '../client/reference.ts';
import type { Vcenter } from '../client/vcenter.ts';
import { watchObject } from '../client/watch-object.ts';
import type { Values } from '../client/watch.ts';
import { type Device, devicesOf, macOf, nicsOf } from './devices.ts';

/** One NIC as VMware tools tell it. */
interface GuestNic {
  readonly mac: string;
  readonly network: string;
  readonly connected: boolean;
  readonly addresses: readonly string[];
}

const paths = [
  ...['name', 'guest.net', 'guest.ipAddress', 'guest.toolsRunningStatus', 'runtime.powerState'],
  'config.hardware.device',
];

/**
 * Waits for news of the guest, and asks for nothing in between. Only IPv4; an address that a machine gave itself
 * (169.254.…) never counts.
 * @throws `vsphere.no_address` with all that was seen, when the time is over.
 */
export async function awaitAddress(
  vcenter: Vcenter,
  vm: Ref,
  wanted: WantedAddress,
  withinMs: number,
  signal: AbortSignal,
): Promise<string> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(withinMs)]);
  let seen: Values = new Map();
  const find = (values: Values): string | undefined => {
    seen = values;
    return wantedAddress(values, wanted);
  };
  try {
    return await watchObject(vcenter, { what: 'wait for the address of a machine', object: vm, paths }, find, patience);
  } catch (error) {
    if (signal.aborted || !patience.aborted) throw error;
    throw noAddress(vm, seen, wanted);
  }
}

function wantedAddress(values: Values, wanted: WantedAddress): string | undefined {
  const nics = guestNics(values);
  if (wanted.kind === 'static') {
    return nics.some(({ addresses }) => addresses.includes(wanted.address)) ? wanted.address : undefined;
  }
  const mine = nics.filter(({ mac }) => mac === wanted.mac.toLowerCase()).flatMap(({ addresses }) => addresses);
  const found = mine.find(isGlobalIpv4);
  if (found !== undefined || nics.length > 0) return found;
  // Old tools tell one address and no NICs; with one NIC it can only be its.
  const only = textOf(values.get('guest.ipAddress'));
  return only !== undefined && isGlobalIpv4(only) && machineNics(values).length === 1 ? only : undefined;
}

function isGlobalIpv4(address: string): boolean {
  return isIPv4(address) && !address.startsWith('169.254.') && !address.startsWith('127.') && address !== '0.0.0.0';
}

function guestNics(values: Values): readonly GuestNic[] {
  const list = values.get('guest.net');
  return (list ? children(list, 'GuestNicInfo') : []).map((nic) => ({
    mac: (textAt(nic, 'macAddress') ?? '').toLowerCase(),
    network: textAt(nic, 'network') ?? '',
    connected: booleanOf(child(nic, 'connected')) ?? false,
    addresses: children(nic, 'ipAddress').flatMap((address) => textOf(address) ?? []),
  }));
}

function machineNics(values: Values): readonly Device[] {
  return nicsOf(devicesOf(values.get('config.hardware.device')));
}

function noAddress(vm: Ref, values: Values, wanted: WantedAddress) {
  const told = guestNics(values);
  const silent = machineNics(values).filter((device) => !told.some((nic) => nic.mac === macOf(device)));
  const nics = [
    ...told.map(({ mac, network, connected, addresses }) => {
      const has = addresses.length === 0 ? 'no address' : addresses.join(' ');
      return `${mac}${on(network)}${connected ? '' : ' (not connected)'}: ${has}`;
    }),
    ...silent.map((device) => `${macOf(device)}${on(standardNetwork(device))}: nothing told`),
  ];
  const status = textOf(values.get('guest.toolsRunningStatus'));
  const off = textOf(values.get('runtime.powerState')) === 'poweredOn' ? '' : ', and it is not powered on';
  return vsphereErrors.no_address({
    machine: textOf(values.get('name')) ?? vm.id,
    wanted: wanted.kind === 'static' ? `the address ${wanted.address}` : `an IPv4 address of ${wanted.mac}`,
    tools: `${toolsWords[status ?? ''] ?? 'nothing heard of'}${off}`,
    nics: nics.join('; ') || 'none',
  });
}

function on(network: string): string {
  return network === '' ? '' : ` on ${network}`;
}

/** Its backing names a standard network; of a distributed one it has a key only. */
function standardNetwork({ element }: Device): string {
  return textAt(element, 'backing', 'deviceName') ?? '';
}

const toolsWords: Readonly<Record<string, string>> = {
  guestToolsRunning: 'running',
  guestToolsNotRunning: 'not running',
  guestToolsExecutingScripts: 'starting',
};
