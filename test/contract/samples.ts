import type { InputOf, ParamsOf, RequestName, StreamName } from '#shared/contract/index.ts';

type Samples = { readonly [N in RequestName]: InputOf<N> } & { readonly [N in StreamName]: ParamsOf<N> };

const runId = 'run-20261122t101112-0a0b0c';

/** One input per operation that is in order, with every field that there is. */
export const samples: Samples = {
  'clusters.list': {},
  'clusters.get': { cluster: 'home' },
  'clusters.spec': { cluster: 'home' },
  'clusters.planRemoval': { cluster: 'home' },
  'runs.list': { cluster: 'home' },
  'runs.plan': { text: 'kind: Cluster' },
  'runs.start': { text: 'kind: Cluster' },
  'runs.resume': { cluster: 'home' },
  'runs.remove': { cluster: 'home', forgetUnreachable: true },
  'runs.cancel': { cluster: 'home' },
  'runs.watch': { runId, after: 3 },
  'runs.log': { runId, step: 'docker/node-1', after: 3 },
  'runs.questions': {},
  'runs.answer': { questionId: '0a0b-0c', approved: true },
  'specs.check': { text: 'kind: Cluster' },
  'kubeconfigs.get': { cluster: 'home' },
  'kubeconfigs.merge': { cluster: 'home', switchContext: true },
  'credentials.list': {},
  'credentials.inspect': { address: 'vc.example.com', proxy: 'http://proxy:3128', proxyPassword: 'p' },
  'credentials.add': {
    name: 'lab',
    address: 'vc.example.com',
    user: 'root',
    password: 'hunter2',
    trust: { kind: 'thumbprint', sha256: 'AA:BB' },
    proxy: 'http://proxy:3128',
    proxyPassword: 'p',
  },
  'credentials.update': {
    name: 'lab',
    address: 'vc.example.com',
    user: 'root',
    password: 'hunter2',
    trust: { kind: 'ca', pem: '-----BEGIN CERTIFICATE-----' },
    proxyPassword: 'p',
  },
  'credentials.check': { name: 'lab' },
  'credentials.remove': { name: 'lab' },
  'vsphere.choices': { credential: 'lab', kinds: ['networks'], search: 'vm' },
  'templates.list': {},
  'templates.show': { name: 'small' },
  'templates.add': { text: 'name: small', replace: true },
  'templates.remove': { name: 'small' },
  'pools.list': { cluster: 'home' },
  'releases.list': {},
  'settings.secretStore': {},
  'host.version': {},
  'host.capabilities': {},
};
