/** Where a flag of kube-proxy is found in its configuration file. */
export interface ConfigField {
  readonly path: readonly string[];
  readonly kind: 'text' | 'number' | 'boolean' | 'list';
}

/**
 * With `--config` kube-proxy ignores these flags without a word, so extra arguments of that name go into the file
 * (KubeProxyConfiguration v1alpha1, field by field as in cmd/kube-proxy/app/options.go).
 */
export const kubeProxyConfigFields: Readonly<Record<string, ConfigField>> = {
  'bind-address': text('bindAddress'),
  'cluster-cidr': text('clusterCIDR'),
  'config-sync-period': text('configSyncPeriod'),
  'conntrack-max-per-core': number('conntrack', 'maxPerCore'),
  'conntrack-min': number('conntrack', 'min'),
  // A duration; a bare 0 is one as well.
  'conntrack-tcp-timeout-close-wait': text('conntrack', 'tcpCloseWaitTimeout'),
  'conntrack-tcp-timeout-established': text('conntrack', 'tcpEstablishedTimeout'),
  'conntrack-udp-timeout': text('conntrack', 'udpTimeout'),
  'conntrack-udp-timeout-stream': text('conntrack', 'udpStreamTimeout'),
  'detect-local-mode': text('detectLocalMode'),
  'healthz-bind-address': text('healthzBindAddress'),
  'iptables-localhost-nodeports': boolean('iptables', 'localhostNodePorts'),
  'iptables-min-sync-period': text('iptables', 'minSyncPeriod'),
  'iptables-sync-period': text('iptables', 'syncPeriod'),
  'ipvs-min-sync-period': text('ipvs', 'minSyncPeriod'),
  'ipvs-scheduler': text('ipvs', 'scheduler'),
  'ipvs-strict-arp': boolean('ipvs', 'strictARP'),
  'ipvs-sync-period': text('ipvs', 'syncPeriod'),
  'kube-api-burst': number('clientConnection', 'burst'),
  'kube-api-qps': number('clientConnection', 'qps'),
  'masquerade-all': boolean('iptables', 'masqueradeAll'),
  'metrics-bind-address': text('metricsBindAddress'),
  'nodeport-addresses': { path: ['nodePortAddresses'], kind: 'list' },
  'oom-score-adj': number('oomScoreAdj'),
  profiling: boolean('enableProfiling'),
  'proxy-mode': text('mode'),
};

/** Flags that kube-proxy reads beside its configuration file. */
export const kubeProxyOwnFlags = ['hostname-override', 'v', 'vmodule', 'master'];

function text(...path: string[]): ConfigField {
  return { path, kind: 'text' };
}

function number(...path: string[]): ConfigField {
  return { path, kind: 'number' };
}

function boolean(...path: string[]): ConfigField {
  return { path, kind: 'boolean' };
}
