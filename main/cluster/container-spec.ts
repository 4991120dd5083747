/**
 * One container, as a pure value: equal input gives an equal spec, so its hash answers "must we replace it?".
 * Field names follow Docker's Engine API where it has one.
 */
export interface ContainerSpec {
  /** RKE-compatible name: `etcd`, `kube-apiserver`, `kubelet`, … */
  readonly name: string;
  readonly image: string;
  readonly entrypoint?: readonly string[];
  readonly command: readonly string[];
  /** `NAME=value`, sorted. Never a secret: `docker inspect` shows it. */
  readonly env: readonly string[];
  readonly mounts: readonly Mount[];
  /** Containers whose volumes it sees too: RKE1's `service-sidekick` brings the entrypoint of the others. */
  readonly volumesFrom?: readonly string[];
  readonly network: 'host' | 'none' | 'bridge';
  readonly pid?: 'host';
  readonly ipc?: 'host';
  /** On cgroup v2 Docker gives a private namespace by default, which breaks the kubelet's cgroup paths. */
  readonly cgroupns?: 'host';
  readonly privileged: boolean;
  readonly user?: string;
  readonly restart: 'always' | 'unless-stopped' | 'no';
  readonly labels: Readonly<Record<string, string>>;
  /** json-file rotation. Docker's default never rotates. */
  readonly log: { readonly maxSizeMiB: number; readonly maxFiles: number };
  /**
   * Content that the container reads at its start (certificates, config files), as `path → sha256`. Part of the hash:
   * changed content means a restart.
   */
  readonly contentHashes: Readonly<Record<string, string>>;
  /**
   * Names of flags in `command` that the program reads on its very first start only (etcd's `initial-cluster`).
   * Left in the hash, they would restart every member each time one is added.
   */
  readonly firstStartOnly: readonly string[];
}

export interface Mount {
  readonly from: string;
  readonly to: string;
  readonly readOnly: boolean;
  readonly propagation?: 'rshared' | 'rslave' | 'shared' | 'slave';
}

/** Labels that we put on every container; the first two let us recognise what is ours. */
export const containerLabels = {
  /** Cluster namespace, `c-xxxxx`. Only what carries it is ever touched. */
  owner: 'dev.slipway.cluster',
  specHash: 'dev.slipway.spec-hash',
  /** RKE's own label, kept so that its tools and an adoption see what they know. */
  rkeName: 'io.rancher.rke.container.name',
} as const;
