import { createHash } from 'node:crypto';
import type { ContainerSpec } from '#main/cluster/container-spec.ts';
import type { MachineFacts } from '#main/cluster/machine-facts.ts';
import type { FoundFile, RemoteFile } from '#main/cluster/ports.ts';

export interface FakeFile {
  content: Uint8Array;
  mode: number;
}

export interface FakeContainer {
  readonly id: string;
  readonly spec: ContainerSpec;
  readonly labels: Readonly<Record<string, string>>;
  running: boolean;
  exitCode: number;
  /** Inside the container; paths below a mount are the machine's own files instead. */
  readonly files: Map<string, FakeFile>;
  logs: string[];
}

/** One machine of the fake world; everything on it outlives the process that talks to it. */
export interface FakeMachine {
  readonly name: string;
  readonly internalIp: string;
  facts: MachineFacts;
  clockSkewMs: number;
  /** Thrown by every call, as for a machine that is switched off. */
  unreachable?: Error;
  readonly files: Map<string, FakeFile>;
  readonly packages: Set<string>;
  readonly services: Set<string>;
  readonly sysctls: Map<string, string>;
  readonly dockerImages: Map<string, string>;
  readonly podImages: Map<string, string>;
  readonly containers: Map<string, FakeContainer>;
  /** What Kubernetes leaves beside our files: `pods`, folders, devices, prefixes of chains. */
  readonly traces: Set<string>;
  /** `tcp/6443`: used by a program that is not ours. */
  readonly foreignPorts: Set<string>;
}

export const installedDocker = {
  version: '26.1.5',
  apiVersion: '1.45',
  cgroupDriver: 'systemd',
  storageDriver: 'overlay2',
} as const;

/** A fresh Debian 13 without Docker that fits every role. */
export function freshMachine(name: string, internalIp: string, index: number): FakeMachine {
  return {
    name,
    internalIp,
    facts: freshFacts(name, internalIp, index),
    clockSkewMs: 12,
    files: new Map(),
    packages: new Set(),
    services: new Set(),
    sysctls: new Map(),
    dockerImages: new Map(),
    podImages: new Map(),
    containers: new Map(),
    traces: new Set(),
    foreignPorts: new Set(),
  };
}

export function freshFacts(name: string, internalIp: string, index = 0): MachineFacts {
  return {
    os: { id: 'debian', idLike: [], version: '13', name: 'Debian GNU/Linux 13 (trixie)' },
    architecture: 'amd64',
    kernel: '6.12.43-amd64',
    hostname: name,
    machineId: String(index).padStart(32, '0'),
    cpus: 4,
    memoryMiB: 8000,
    cgroupVersion: 2,
    swapMiB: 0,
    freeMiB: { '/var/lib/docker': 40_000, '/var/lib/etcd': 40_000, '/var/lib/kubelet': 40_000, '/etc': 40_000 },
    addresses: [internalIp],
    defaultAddress: internalIp,
    mtu: 1500,
    privilege: 'root',
    hasSystemd: true,
    packageManager: 'apt',
    resolvConf: '/etc/resolv.conf',
    docker: undefined,
    containerd: undefined,
    missingKernelModules: [],
  };
}

/** `sha256:…` of an image: the same wherever it comes from. */
export function digestOf(image: string): string {
  return `sha256:${createHash('sha256').update(image).digest('hex')}`;
}

export function foundFile({ content, mode }: FakeFile): FoundFile {
  return { sha256: createHash('sha256').update(content).digest('hex'), mode, content };
}

/** `true` when the file was not like that before. */
export function putFile(files: Map<string, FakeFile>, { path, content, mode }: RemoteFile): boolean {
  const before = files.get(path);
  if (before?.mode === mode && Buffer.from(before.content).equals(content)) return false;
  files.set(path, { content, mode });
  return true;
}
