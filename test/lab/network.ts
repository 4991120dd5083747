import { networkInterfaces } from 'node:os';
import type Docker from 'dockerode';
import { labels, shared } from './labels.ts';
import { lock } from './lock.ts';

const networkName = 'slipway-lab';
/** Not 172.17 (Docker inside the machines), nor 10.42 and 10.43 (pods and services of the clusters on them). */
const candidates = [29, 30, 28, 27, 26].map((second) => `172.${second}`);
/** Machines are given x.y.1.1 and up; x.y.0.1 is this computer, where the registries listen. */
const firstMachine = 256 + 1;
const firstReserved = 64 * 256 + 1;

export interface Network {
  readonly name: string;
  readonly subnet: string;
  /** This computer, as machines see it. */
  readonly gateway: string;
}

/** As a node template has it. */
export interface StaticRange {
  readonly ranges: string[];
  readonly prefix: number;
  readonly gateway: string;
  readonly nameservers: string[];
}

/** The one bridge that all labs share, so that registry addresses stay the same while labs come and go. */
export async function ensureNetwork(docker: Docker): Promise<Network> {
  await using _held = await lock('network');
  const found = await findNetwork(docker);
  if (found) return found;
  const prefix = await freePrefix(docker);
  const subnet = `${prefix}.0.0/16`;
  const gateway = `${prefix}.0.1`;
  await docker.createNetwork({
    Name: networkName,
    Driver: 'bridge',
    IPAM: { Driver: 'default', Config: [{ Subnet: subnet, Gateway: gateway }] },
    Options: { 'com.docker.network.bridge.name': networkName },
    Labels: { [labels.lab]: shared },
  });
  return { name: networkName, subnet, gateway };
}

export async function findNetwork(docker: Docker): Promise<Network | undefined> {
  const networks = await docker.listNetworks({ filters: { label: [`${labels.lab}=${shared}`] } });
  const config = networks[0]?.IPAM?.Config?.[0];
  return config?.Subnet && config.Gateway
    ? { name: networkName, subnet: config.Subnet, gateway: config.Gateway }
    : undefined;
}

export async function removeNetwork(docker: Docker): Promise<void> {
  if (await findNetwork(docker)) await docker.getNetwork(networkName).remove();
}

/**
 * The lowest addresses that no machine of any lab has, running or not. Static, because Docker would give a stopped
 * machine another one at its next start. Call it under `sharedLock`, and create the machines before letting go.
 *
 * @param chosen Addresses that are promised to somebody.
 */
export async function freeAddresses(
  docker: Docker,
  network: Network,
  count: number,
  chosen: readonly string[],
): Promise<string[]> {
  const taken = await takenAddresses(docker, chosen);
  const free: string[] = [];
  for (let index = firstMachine; free.length < count; index += 1) {
    const address = addressAt(network, index);
    if (address !== undefined && !taken.has(address)) free.push(address);
  }
  return free;
}

/** So many in a row, above where machines are put: for VMs with static addresses, whose range a spec names by its ends. */
export async function freeRange(
  docker: Docker,
  network: Network,
  count: number,
  chosen: readonly string[],
): Promise<string[]> {
  const taken = await takenAddresses(docker, chosen);
  let range: string[] = [];
  for (let index = firstReserved; range.length < count; index += 1) {
    const address = addressAt(network, index);
    range = address === undefined || taken.has(address) ? [] : [...range, address];
  }
  return range;
}

async function takenAddresses(docker: Docker, chosen: readonly string[]): Promise<ReadonlySet<string | undefined>> {
  const machines = await docker.listContainers({ all: true, filters: { label: [labels.address] } });
  return new Set([...chosen, ...machines.map((machine) => machine.Labels[labels.address])]);
}

/** `undefined` for the two that nobody can have. */
function addressAt({ subnet }: Network, index: number): string | undefined {
  if (index >= 0xffff) throw new Error(`The network ${subnet} is full.`);
  const last = index & 0xff;
  const prefix = subnet.split('.').slice(0, 2).join('.');
  return last === 0 || last === 0xff ? undefined : `${prefix}.${index >> 8}.${last}`;
}

async function freePrefix(docker: Docker): Promise<string> {
  const networks = await docker.listNetworks();
  const used = [
    ...networks.flatMap((network) => network.IPAM?.Config?.map((config) => config.Subnet ?? '') ?? []),
    ...Object.values(networkInterfaces()).flatMap((addresses) => addresses?.map(({ address }) => address) ?? []),
  ];
  const free = candidates.find((prefix) => !used.some((address) => address.startsWith(`${prefix}.`)));
  if (free === undefined)
    throw new Error(`All of ${candidates.map((prefix) => `${prefix}.0.0/16`).join(', ')} are in use here.`);
  return free;
}
