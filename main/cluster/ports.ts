/**
 * All that the cluster layer may ask of the outside. Adapters (`machines`, `kube`, `store`, `secrets`) implement these;
 * `test/fakes` has an in-memory world for the kill-and-resume tests.
 *
 * Rules for every implementation: a look that could not be made throws (unknown is not absent); every call takes the
 * step's signal and stops soon after it aborts; errors are `SlipwayError` from the adapter's own table; `machine` is
 * the machine's name in the spec.
 */
import type { Clock } from '#main/engine/clock.ts';
import type { Json } from '#shared/json.ts';
import type { Artefact, Progress } from '#shared/run/events.ts';
import type { ContainerSpec } from './container-spec.ts';
import type { MachineFacts } from './machine-facts.ts';
import type { VspherePort } from './vsphere-port.ts';
import type { VmRecord } from './provision/vm-record.ts';

export type { VmRecord };

export interface Ports {
  readonly machines: MachinesPort;
  /** `undefined` where all machines were there before. */
  readonly vsphere: VspherePort | undefined;
  readonly docker: DockerPort;
  readonly registries: RegistriesPort;
  readonly etcd: EtcdPort;
  readonly kube: KubePort;
  readonly probe: ProbePort;
  readonly keys: KeysPort;
  readonly inventory: InventoryPort;
  readonly kubeconfigs: KubeconfigPort;
  readonly sources: SourcesPort;
  readonly clock: Clock;
}

export interface RemoteFile {
  readonly path: string;
  readonly content: Uint8Array;
  /** For example 0o600. */
  readonly mode: number;
}

export interface FoundFile {
  readonly sha256: string;
  readonly mode: number;
  readonly content: Uint8Array;
}

/** What is done on a machine through its shell, as root (by sudo where the user is not root). */
export interface MachinesPort {
  /** Connects (host key pinned, through the bastion if there is one) and looks. Looks afresh at each call. */
  inspect(machine: string, signal: AbortSignal): Promise<MachineFacts>;
  /** For a machine that was just made: no answer, a closed port and a refused login are part of booting, not errors. */
  bootState(machine: string, signal: AbortSignal): Promise<BootState>;
  /** The machine's clock minus ours, in ms, corrected by half the round trip. */
  clockSkewMs(machine: string, signal: AbortSignal): Promise<number>;
  /** Installs with the OS's own package manager; already installed ones are left alone. Idempotent. */
  installPackages(
    machine: string,
    packages: readonly string[],
    onLine: (line: string) => void,
    signal: AbortSignal,
  ): Promise<void>;
  /** Regular files only. A missing one is absent from the map. */
  readFiles(machine: string, paths: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, FoundFile>>;
  /** Each file atomically (temporary name, fsync, rename), folders made as needed, owner root. */
  writeFiles(machine: string, files: readonly RemoteFile[], signal: AbortSignal): Promise<void>;
  /** `systemctl enable --now`, and `restart` where it runs already and `restart` is true. Waits until active. */
  ensureService(machine: string, unit: string, options: { restart: boolean }, signal: AbortSignal): Promise<void>;
  /** Sets sysctls now; the file that keeps them is written with writeFiles. Unwritable ones throw naming the key. */
  applySysctls(machine: string, values: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void>;
  /**
   * Pulls an image into containerd's `k8s.io` namespace, where pods look for it; registries come from the machine's
   * own `certs.d`. Answers the manifest digest (`sha256:…`).
   */
  pullPodImage(
    machine: string,
    image: string,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<string>;
  /** Digests of the images that containerd's `k8s.io` namespace has, by reference. */
  podImages(machine: string, signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
  /** Why containerd does not offer the CRI that the kubelet asks it for; `undefined` when it does. */
  criProblem(machine: string, signal: AbortSignal): Promise<string | undefined>;
  /** What of it is there, one line each for the person: "pod container 4f…", "flannel.1". */
  leftovers(machine: string, wanted: Leftovers, signal: AbortSignal): Promise<readonly string[]>;
  /**
   * Removes it, pods first (with ten seconds to end), then mounts and folders, devices, chains. Foreign rules and chains
   * stay as they are. A folder that is a mount point or a link is emptied and stays.
   */
  removeLeftovers(
    machine: string,
    wanted: Leftovers,
    onLine: (line: string) => void,
    signal: AbortSignal,
  ): Promise<void>;
  /** Regular files, and then the folders that are empty, those inside others first. No error when one is gone. */
  removeFiles(
    machine: string,
    paths: readonly string[],
    emptyFolders: readonly string[],
    signal: AbortSignal,
  ): Promise<void>;
  /** `systemctl disable --now`; no error for a unit that is not known. */
  removeService(machine: string, unit: string, signal: AbortSignal): Promise<void>;
  /** `systemctl reload`: for a service that must not be restarted now. */
  reloadService(machine: string, unit: string, signal: AbortSignal): Promise<void>;
}

/** What Kubernetes and its network leave on a machine beside the files that we wrote and recorded ourselves. */
export interface Leftovers {
  /** Pods of containerd's CRI: they outlive the kubelet. */
  readonly pods: boolean;
  /** With all that is below, and what is mounted there unmounted first. */
  readonly folders: readonly string[];
  /** Regular files; the last part may be a pattern of the shell. */
  readonly files: readonly string[];
  /** Removed where they are empty, those that are inside others first. */
  readonly emptyFolders: readonly string[];
  /** Network devices by name. */
  readonly devices: readonly string[];
  /** How the names of chains of the packet filter begin. */
  readonly chains: readonly string[];
}

/**
 * How far the first boot of a machine is. `waiting`: not to be reached yet, or cloud-init is at work; `failed` when
 * cloud-init has ended with errors. A machine without cloud-init is `done` as soon as it lets us in.
 */
export type BootState =
  | { readonly kind: 'waiting'; readonly seen: string }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly reason: string; readonly lastLines: readonly string[] };

export interface FoundContainer {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly running: boolean;
  readonly exitCode: number;
  readonly restartCount: number;
  /** Cluster namespace from the owner label, `undefined` when it is not ours. */
  readonly owner: string | undefined;
  readonly specHash: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
}

export interface RegistryLogin {
  readonly server: string;
  readonly username: string;
  readonly password: string;
}

/** Docker's Engine API on one machine, over that machine's SSH connection. Never the docker CLI. */
export interface DockerPort {
  /** All containers, running or not, in one call. */
  list(machine: string, signal: AbortSignal): Promise<readonly FoundContainer[]>;
  inspect(machine: string, name: string, signal: AbortSignal): Promise<FoundContainer | undefined>;
  /** Creates (does not start). `labels` are added to the spec's own. */
  create(
    machine: string,
    spec: ContainerSpec,
    labels: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<void>;
  /** No error when it runs already. */
  start(machine: string, name: string, signal: AbortSignal): Promise<void>;
  /** No error when it is stopped already. */
  stop(machine: string, name: string, graceSeconds: number, signal: AbortSignal): Promise<void>;
  rename(machine: string, name: string, to: string, signal: AbortSignal): Promise<void>;
  /** Force-removes with its anonymous volumes; no error when it is gone already. */
  remove(machine: string, name: string, signal: AbortSignal): Promise<void>;
  /** Waits for the end of a container (Docker's wait call, no polling). */
  wait(machine: string, name: string, signal: AbortSignal): Promise<{ readonly exitCode: number }>;
  logs(machine: string, name: string, tailLines: number, signal: AbortSignal): Promise<readonly string[]>;
  /** Puts files below `folder` of a container (running or not) through the archive API. Owner root. */
  upload(machine: string, name: string, files: readonly RemoteFile[], signal: AbortSignal): Promise<void>;
  /** Regular files below `folder` of a container, by absolute path. An absent folder gives an empty map. */
  download(machine: string, name: string, folder: string, signal: AbortSignal): Promise<ReadonlyMap<string, FoundFile>>;
  /** Runs a command in a running container to its end. */
  exec(
    machine: string,
    name: string,
    argv: readonly string[],
    signal: AbortSignal,
  ): Promise<{ readonly exitCode: number; readonly lines: readonly string[] }>;
  /** Pulls; progress in bytes over all layers. Answers the manifest digest (`sha256:…`). */
  pull(
    machine: string,
    image: string,
    login: RegistryLogin | undefined,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<string>;
  /** Digests of the images that Docker has, by reference as asked. An image built locally has the digest ''. */
  images(machine: string, images: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
}

/** Image registries, asked as a machine would ask them. Reads only. */
export interface RegistriesPort {
  /** Digest of the image's manifest; `image` may name any registry. Throws `registry.*`. */
  manifestDigest(
    machine: string,
    image: string,
    settings: { readonly insecure: boolean; readonly ca: string | undefined },
    login: RegistryLogin | undefined,
    signal: AbortSignal,
  ): Promise<string>;
}

export interface EtcdMember {
  readonly id: string;
  /** '' until the member has started for the first time. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly learner: boolean;
}

/** etcd's client API on one machine (JSON gateway, TLS with the cluster's etcd CA, through the machine's tunnel). */
export interface EtcdPort {
  /** `healthy` is etcd's own /health with a linearizable read; `reason` is what was seen otherwise. */
  health(machine: string, signal: AbortSignal): Promise<{ readonly healthy: boolean; readonly reason: string }>;
  members(machine: string, signal: AbortSignal): Promise<readonly EtcdMember[]>;
  addLearner(machine: string, peerUrl: string, signal: AbortSignal): Promise<void>;
  promote(machine: string, memberId: string, signal: AbortSignal): Promise<void>;
  removeMember(machine: string, memberId: string, signal: AbortSignal): Promise<void>;
}

export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly [key: string]: Json | undefined;
  };
  readonly [key: string]: Json | undefined;
}

/** The cluster's API with the admin identity, through the tunnel of any machine with a healthy kube-apiserver. */
export interface KubePort {
  /** `/readyz` of the kube-apiserver on this very machine. */
  readyz(machine: string, signal: AbortSignal): Promise<{ readonly ready: boolean; readonly reason: string }>;
  get(ref: ObjectRef, signal: AbortSignal): Promise<KubeObject | undefined>;
  list(
    query: {
      readonly apiVersion: string;
      readonly kind: string;
      readonly namespace?: string;
      readonly labelSelector?: string;
    },
    signal: AbortSignal,
  ): Promise<readonly KubeObject[]>;
  /** Server-side apply as field manager `slipway`, with force: what is in `object` is ours. */
  apply(object: KubeObject, signal: AbortSignal): Promise<KubeObject>;
  /** No error when it is gone already. Waits until it is really gone (finalizers, foreground deletion). */
  remove(ref: ObjectRef, signal: AbortSignal): Promise<void>;
  /**
   * Watches one object until `accept` answers true; it is called with what is there now first (`undefined`: absent).
   * The caller's signal carries the deadline.
   */
  until(ref: ObjectRef, accept: (object: KubeObject | undefined) => boolean, signal: AbortSignal): Promise<void>;
  podLogs(namespace: string, pod: string, tailLines: number, signal: AbortSignal): Promise<readonly string[]>;
}

/** HTTP health endpoints on a machine's loopback, through its tunnel. */
export interface ProbePort {
  /**
   * @param url `http://127.0.0.1:10248/healthz`. For `https` the server is verified against `ca` (PEM).
   *   A refused connection is an answer (`status: 0`), a lost tunnel throws.
   */
  get(
    machine: string,
    url: string,
    tls: { readonly ca: string; readonly serverName: string } | undefined,
    signal: AbortSignal,
  ): Promise<{ readonly status: number; readonly body: string }>;
}

/** RSA keys from Node's own crypto, off the main thread. PEM, PKCS#1 private (what RKE wrote) . */
export interface KeysPort {
  /** Ed25519; the private key in OpenSSH's own format, the public one as a line of `authorized_keys`. */
  generateSshKey(): Promise<{ readonly privateKey: string; readonly publicKey: string }>;
  generateRsa(
    bits: number,
    signal: AbortSignal,
  ): Promise<{ readonly privateKeyPem: string; readonly publicKeyPem: string }>;
  /** RSASSA-PKCS1-v1_5 with SHA-256 over `data`, off the main thread. */
  sign(privateKeyPem: string, data: Uint8Array): Promise<Uint8Array>;
  randomBytes(length: number): Uint8Array;
}

/** A certificate with its key as kept in the inventory (the key sealed there). `keyPem` '' for a foreign CA. */
export interface StoredCertificate {
  readonly name: string;
  readonly certificatePem: string;
  readonly keyPem: string;
}

/** The inventory records of this cluster. Each write is one transaction. */
export interface InventoryPort {
  certificates(): Promise<ReadonlyMap<string, StoredCertificate>>;
  /** All or none. */
  putCertificates(certificates: readonly StoredCertificate[]): Promise<void>;
  /** Keys that are no certificate: the service-account key, the secrets-encryption key. Sealed. */
  secret(name: string): Promise<string | undefined>;
  putSecret(name: string, value: string): Promise<void>;
  facts(machine: string): Promise<MachineFacts | undefined>;
  putFacts(machine: string, facts: MachineFacts): Promise<void>;
  nodeConfig(machine: string): Promise<Json | undefined>;
  putNodeConfig(machine: string, config: Json): Promise<void>;
  /** Of a machine that we make. */
  vm(machine: string): Promise<VmRecord | undefined>;
  vms(): Promise<ReadonlyMap<string, VmRecord>>;
  /** On disk when it returns, so that what is made next is found again. */
  putVm(machine: string, record: VmRecord): Promise<void>;
  /** After it is gone: its facts, node config and the host key that we made for it go with it. No error for an unknown one. */
  forgetVm(machine: string): Promise<void>;
  /** `reference → digest` as first pulled: later machines must get the same. */
  imageDigests(): Promise<ReadonlyMap<string, string>>;
  putImageDigest(image: string, digest: string): Promise<void>;
  kubeconfig(): Promise<string | undefined>;
  putKubeconfig(yaml: string): Promise<void>;
  /** Before they exist. On disk when it returns; nothing happens to one that is recorded already. */
  recordArtefacts(artefacts: readonly Artefact[]): Promise<void>;
  /** What is recorded, by kind and key. */
  artefacts(): Promise<readonly Artefact[]>;
  /** After they are gone. No error for one that is not recorded. */
  forgetArtefacts(artefacts: readonly Artefact[]): Promise<void>;
  /** Resolves a secret reference of the spec (`file:…`, `env:…`, `vault:…`). Throws `secret.missing` naming it. */
  resolveSecret(reference: string): Promise<string>;
  /** Records what a finished step learnt of the cluster for `status` (version per machine, node ready …). */
  putStatus(key: string, value: Json): Promise<void>;
}

/** The person's own kubeconfig files. */
export interface KubeconfigPort {
  /** Where this cluster's own file is (0600). */
  read(path: string): Promise<string | undefined>;
  /** Atomically, mode 0600. */
  write(path: string, yaml: string): Promise<void>;
}

/** Add-on manifests that the spec names by file or URL. */
export interface SourcesPort {
  /** Text of the file or URL (verified TLS, timeout, status checked). Throws naming it. */
  text(location: string, signal: AbortSignal): Promise<string>;
}
