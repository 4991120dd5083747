import * as v from 'valibot';
import { MachinePool, NodeTemplate, VsphereSettings } from './node-template.ts';
import { dnsLabel, ipv4, labels, Role, Taint } from './parts.ts';

export { Role, Taint };

/**
 * The cluster spec: the versioned document that the wizard edits and the CLI reads (YAML or JSON).
 * It holds references to secrets, never secrets. Strict: an unknown key is an error.
 */

/**
 * Where a secret is: `file:/path` (first line break at the end cut off), `env:NAME`, or `vault:name` for one sealed in
 * the inventory.
 */
export const SecretRef = v.pipe(
  v.string(),
  v.regex(/^(file:.+|env:[A-Za-z_][A-Za-z0-9_]*|vault:[-a-z0-9./]+)$/, 'must be file:/path, env:NAME or vault:name'),
);

const port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65535));
const address = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9]([-A-Za-z0-9.:]*[A-Za-z0-9])?$/, 'must be an IP address or a host name'),
);
const cidr = v.pipe(
  v.string(),
  v.regex(/^(\d{1,3}\.){3}\d{1,3}\/([0-9]|[12]\d|3[0-2])$/, 'must be an IPv4 network such as 10.42.0.0/16'),
);

export const SshAuth = v.variant('kind', [
  /** Private key (OpenSSH or PEM); `certificate` is the OpenSSH user certificate (`…-cert.pub`) that goes with it. */
  v.strictObject({
    kind: v.literal('key'),
    key: SecretRef,
    passphrase: v.optional(SecretRef),
    certificate: v.optional(SecretRef),
  }),
  v.strictObject({ kind: v.literal('password'), password: SecretRef }),
  /** `socket` as in SSH_AUTH_SOCK; that variable's value when left out. */
  v.strictObject({ kind: v.literal('agent'), socket: v.optional(v.string()) }),
]);
export type SshAuth = v.InferOutput<typeof SshAuth>;

/** `ssh-ed25519 AAAA…` as in a known_hosts line, or `SHA256:…`. Without it the first use asks. */
export const HostKey = v.pipe(
  v.string(),
  v.regex(
    /^(SHA256:[A-Za-z0-9+/]{43}=?|[-a-z0-9@.]+ [A-Za-z0-9+/]+={0,3}( .*)?)$/,
    'must be "ssh-ed25519 AAAA…" or "SHA256:…"',
  ),
);

const Bastion = v.strictObject({
  address,
  port: v.optional(port, 22),
  user: v.optional(v.string()),
  auth: v.optional(SshAuth),
  hostKey: v.optional(HostKey),
});

export const SshSettings = v.strictObject({
  user: v.optional(v.string(), 'root'),
  port: v.optional(port, 22),
  auth: v.optional(SshAuth, { kind: 'agent' }),
  bastion: v.optional(Bastion),
});

export const MachineSpec = v.strictObject({
  /** Node name and, by default, what logs and plans call it. */
  name: dnsLabel,
  address,
  /** Where the other machines reach it; `address` when left out. An IPv4 address: etcd and kubelets bind to it. */
  internalAddress: v.optional(ipv4),
  roles: v.pipe(v.array(Role), v.minLength(1, 'must name at least one role')),
  user: v.optional(v.string()),
  port: v.optional(port),
  auth: v.optional(SshAuth),
  hostKey: v.optional(HostKey),
  labels: v.optional(labels, {}),
  taints: v.optional(v.array(Taint), []),
});
export type MachineSpec = v.InferOutput<typeof MachineSpec>;
export type MachineSpecInput = v.InferInput<typeof MachineSpec>;

export const Registry = v.strictObject({
  /** `host` or `host:port`. */
  server: v.pipe(v.string(), v.regex(/^[-A-Za-z0-9.]+(:\d+)?$/, 'must be host or host:port')),
  username: v.optional(v.string()),
  password: v.optional(SecretRef),
  /** PEM of the CA that signed its certificate, where that is not a public one. */
  ca: v.optional(v.string()),
  /** Plain HTTP. Said aloud in the plan. */
  insecure: v.optional(v.boolean(), false),
  /** All system images come from here instead of the registries in their names. At most one registry may say so. */
  systemImages: v.optional(v.boolean(), false),
  /** Registry hosts for which this one is asked first (`docker.io`). */
  mirrorOf: v.optional(v.array(v.string()), []),
});
export type Registry = v.InferOutput<typeof Registry>;

/** `null` removes one of our own arguments. Unknown ones are refused at plan time, by the release's dialect. */
const extraArgs = v.optional(v.record(v.string(), v.nullable(v.string())), {});
const extraConfig = v.optional(v.record(v.string(), v.any()), {});
const service = v.strictObject({ extraArgs });

export const AddOn = v.variant('from', [
  v.strictObject({ from: v.literal('inline'), name: dnsLabel, yaml: v.string() }),
  v.strictObject({ from: v.literal('file'), name: dnsLabel, path: v.string() }),
  v.strictObject({ from: v.literal('url'), name: dnsLabel, url: v.pipe(v.string(), v.url('must be a URL')) }),
]);
export type AddOn = v.InferOutput<typeof AddOn>;

const seconds = (fallback: number) => v.optional(v.pipe(v.number(), v.minValue(1), v.maxValue(7200)), fallback);

/** Deadlines, in seconds. */
export const Timeouts = v.strictObject({
  /** Cloning one machine; from a library item or a slow datastore it takes long. */
  cloneMachine: seconds(1800),
  /** From power-on to an address, and from there to SSH with cloud-init done. */
  bootMachine: seconds(600),
  connect: seconds(15),
  installDocker: seconds(600),
  pullImages: seconds(1800),
  portCheck: seconds(30),
  etcdHealthy: seconds(180),
  apiReady: seconds(180),
  nodeReady: seconds(300),
  rollout: seconds(300),
});
export type Timeouts = v.InferOutput<typeof Timeouts>;

export const ClusterSpec = v.strictObject({
  apiVersion: v.literal('slipway.dev/v1'),
  kind: v.literal('Cluster'),
  metadata: v.strictObject({ name: dnsLabel }),
  spec: v.strictObject({
    /** A release of the catalogue, such as `v1.36.3`; the catalogue's default when left out. */
    release: v.optional(v.string()),
    ssh: v.optional(SshSettings, {}),
    /** Machines that are there already. */
    machines: v.optional(v.array(MachineSpec), []),
    /** Where the machines of `pools` are made. */
    vsphere: v.optional(VsphereSettings),
    /** Node templates of this spec; those of the inventory are found by name too. */
    templates: v.optional(v.array(NodeTemplate), []),
    /** Machines to be made. */
    pools: v.optional(v.array(MachinePool), []),
    docker: v.optional(
      v.strictObject({
        /** `packages`: from the distribution. `present`: already there, only checked. */
        source: v.optional(v.picklist(['packages', 'present']), 'packages'),
      }),
      {},
    ),
    registries: v.optional(v.array(Registry), []),
    network: v.optional(
      v.strictObject({
        plugin: v.optional(v.picklist(['flannel', 'none']), 'flannel'),
        podCidr: v.optional(cidr, '10.42.0.0/16'),
        serviceCidr: v.optional(cidr, '10.43.0.0/16'),
        /** Bits of each node's pod network. */
        nodeCidrBits: v.optional(v.pipe(v.number(), v.integer(), v.minValue(16), v.maxValue(28)), 24),
        vxlanPort: v.optional(port, 8472),
        /** 0 = from the interface. */
        mtu: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(9000)), 0),
      }),
      {},
    ),
    dns: v.optional(
      v.strictObject({
        enabled: v.optional(v.boolean(), true),
        domain: v.optional(v.string(), 'cluster.local'),
        /** The 10th address of the service network when left out. */
        serviceIp: v.optional(ipv4),
        /** Empty = the machine's own resolvers. */
        upstreams: v.optional(v.array(v.string()), []),
      }),
      {},
    ),
    metrics: v.optional(v.strictObject({ enabled: v.optional(v.boolean(), true) }), {}),
    api: v.optional(
      v.strictObject({
        /** A load balancer or DNS name in front of the control plane: first in the kubeconfig and in the certificate. */
        endpoint: v.optional(address),
        extraSans: v.optional(v.array(address), []),
        secretsEncryption: v.optional(v.boolean(), true),
        audit: v.optional(
          v.strictObject({
            enabled: v.optional(v.boolean(), true),
            maxAgeDays: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 30),
            maxBackups: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 10),
            maxSizeMiB: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 100),
            /** audit.k8s.io/v1 Policy; ours (metadata of everything but reads of noise) when left out. */
            policy: v.optional(v.record(v.string(), v.any())),
          }),
          {},
        ),
        /** Kubeconfig of a token-review webhook, which holds its token or key; file-deployer writes it where it is set. */
        authnWebhook: v.optional(SecretRef),
        /** Plugins of apiserver.config.k8s.io/v1 AdmissionConfiguration, beside our defaults. */
        admissionPlugins: v.optional(
          v.array(v.strictObject({ name: v.string(), configuration: v.record(v.string(), v.any()) })),
          [],
        ),
      }),
      {},
    ),
    services: v.optional(
      v.strictObject({
        etcd: v.optional(service, {}),
        kubeApiserver: v.optional(service, {}),
        kubeControllerManager: v.optional(service, {}),
        kubeScheduler: v.optional(service, {}),
        /** `config` is merged into KubeletConfiguration and KubeProxyConfiguration. */
        kubelet: v.optional(v.strictObject({ extraArgs, config: extraConfig }), {}),
        kubeProxy: v.optional(v.strictObject({ extraArgs, config: extraConfig }), {}),
      }),
      {},
    ),
    addons: v.optional(v.array(AddOn), []),
    timeouts: v.optional(Timeouts, {}),
    /** At most so many machines are worked on at a time; images are pulled from a registry by at most `pulls` machines. */
    concurrency: v.optional(
      v.strictObject({
        machines: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 50),
        pulls: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 10),
      }),
      {},
    ),
  }),
});

/** With every default filled in. */
export type ClusterSpec = v.InferOutput<typeof ClusterSpec>;
export type ClusterSpecInput = v.InferInput<typeof ClusterSpec>;
