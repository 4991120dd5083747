import type { Clock } from '#main/engine/clock.ts';
import type { EtcdPort, KubePort, ProbePort } from '#main/cluster/ports.ts';
import { ApiServers } from './api-servers.ts';
import type { Identity } from './connect.ts';
import { etcdClient } from './etcd-client.ts';
import { HttpsConnections } from './https-connections.ts';
import { kubeClient } from './kube-client.ts';
import { probeClient } from './probe-client.ts';
import type { Tunnel } from './tunnel.ts';

/** PEM texts of an identity and of the CA that the server must come from. */
export interface Access {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

export interface KubeOptions {
  readonly tunnel: Tunnel;
  /** Machines with a kube-apiserver, in the order in which they are tried. Asked at each request. */
  readonly apiMachines: () => readonly string[];
  /** The admin identity with kube-ca. Asked at each request: a rotated certificate opens new connections. */
  readonly access: () => Promise<Access>;
  /** The etcd client identity with the etcd CA. */
  readonly etcdAccess: () => Promise<Access>;
  readonly clock: Clock;
  readonly ports?: { readonly api: number; readonly etcd: number };
}

export interface OpenKube extends AsyncDisposable {
  readonly kube: KubePort;
  readonly etcd: EtcdPort;
  readonly probe: ProbePort;
}

/** Opens nothing yet: connections are made with the first request, and kept until this is disposed. */
export function openKube(options: KubeOptions): OpenKube {
  const { tunnel, clock, ports = { api: 6443, etcd: 2379 } } = options;
  // Both servers' certificates name 127.0.0.1, which is where a tunnel ends.
  const service = (port: number) => ({ port, serverName: '127.0.0.1' });
  const api = new HttpsConnections(tunnel, service(ports.api), async () => identity(await options.access()));
  const etcd = new HttpsConnections(tunnel, service(ports.etcd), async () => identity(await options.etcdAccess()));
  return {
    kube: kubeClient(new ApiServers(api, options.apiMachines), clock),
    etcd: etcdClient(etcd),
    probe: probeClient(tunnel),
    async [Symbol.asyncDispose]() {
      await Promise.all([api[Symbol.asyncDispose](), etcd[Symbol.asyncDispose]()]);
    },
  };
}

function identity({ ca, certificate, key }: Access): Identity {
  return { ca, client: { certificate, key } };
}
