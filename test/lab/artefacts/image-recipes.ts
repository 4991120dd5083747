import { images, type ImageName } from '../images.ts';
import type { Artefact } from './artefact.ts';
import { busybox, tools } from './debian-layers.ts';
import { built, emptyFolder, filesLayer, link, text } from './layer.ts';
import * as programs from './programs.ts';

/** What `docker image inspect` calls Config. */
export interface ImageConfig {
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Env?: readonly string[];
  readonly User?: string;
  readonly StopSignal?: string;
}

export interface ImageRecipe {
  /** Bottom first. Images that begin with the same layers share them on a machine, so the order matters. */
  readonly layers: readonly Artefact[];
  readonly config: ImageConfig;
}

const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const bin = '/usr/local/bin';

/** What even images "from scratch" have: users, and a folder for temporary files. */
const base = filesLayer('base', [
  text(
    '/etc/passwd',
    'root:x:0:0:root:/root:/sbin/nologin\nnginx:x:101:101::/:/sbin/nologin\nnobody:x:65534:65534::/:/sbin/nologin\n',
  ),
  text('/etc/group', 'root:x:0:\nnginx:x:101:\nnogroup:x:65534:\n'),
  text('/etc/nsswitch.conf', 'hosts: files dns\n'),
  emptyFolder('/tmp', 0o1777),
  emptyFolder('/root', 0o700),
]);

/** Directly above `base` in all six images: 139 MB that a machine pulls and unpacks once. */
const kubernetes = filesLayer('kubernetes', [
  built(`${bin}/kubernetes`, programs.kubernetes, 'kubernetes'),
  ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy', 'kubelet', 'kubectl'].map((name) =>
    link(`${bin}/${name}`, 'kubernetes'),
  ),
]);

const kubectlLink = filesLayer('kubectl', [link('/bin/kubectl', `${bin}/kubernetes`)]);

const etcd = filesLayer('etcd', [
  built(`${bin}/etcd`, programs.etcd, 'etcd'),
  link(`${bin}/etcdctl`, 'etcd'),
  link(`${bin}/etcdutl`, 'etcd'),
]);

/** The official image has the stream module compiled in: here it is loaded before whatever configuration follows. */
const nginxWrapper = `#!/bin/bash
directives='load_module /usr/lib/nginx/modules/ngx_stream_module.so;'
arguments=()
while [ $# -gt 0 ]; do
  case $1 in
    # nginx heeds only the last -g.
    -g) directives+=" $2"; shift ;;
    *) arguments+=("$1") ;;
  esac
  shift
done
exec -a nginx /usr/lib/nginx/nginx -g "$directives" "\${arguments[@]}"
`;

const nginxConfig = `user nginx;
worker_processes auto;
error_log /var/log/nginx/error.log notice;
pid /run/nginx.pid;
events { worker_connections 1024; }
http {
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  access_log /var/log/nginx/access.log;
  include /etc/nginx/conf.d/*.conf;
}
`;

const nginx = filesLayer('nginx', [
  text('/usr/sbin/nginx', nginxWrapper, 0o755),
  text('/docker-entrypoint.sh', '#!/bin/sh\nexec "$@"\n', 0o755),
  text('/etc/nginx/nginx.conf', nginxConfig),
  text('/etc/nginx/conf.d/default.conf', 'server {\n  listen 80;\n  root /usr/share/nginx/html;\n}\n'),
  link('/var/log/nginx/access.log', '/dev/stdout'),
  link('/var/log/nginx/error.log', '/dev/stderr'),
]);

const flannel = filesLayer('flannel', [built('/opt/bin/flanneld', programs.flannel, 'flannel')]);

const cniPlugins = filesLayer('cni-plugins', [
  ...programs.cniPluginNames.map((plugin) => {
    const name = plugin.slice(plugin.indexOf('/') + 1);
    return built(`/opt/cni/bin/${name}`, programs.cni, name);
  }),
  built('/opt/cni/bin/flannel', programs.cniFlannel, 'flannel'),
]);

const coredns = filesLayer('coredns', [built('/coredns', programs.coredns, 'coredns')]);
const metricsServer = filesLayer('metrics-server', [
  built('/metrics-server', programs.metricsServer, 'metrics-server'),
]);
const pause = filesLayer('pause', [built('/pause', programs.pause, 'pause')]);
const echo = filesLayer('echo', [built(`${bin}/echo`, programs.echo, 'echo')]);

/** No shell where the published image has none: the lab must not be kinder than the world. */
export const imageRecipes: Readonly<Record<ImageName, ImageRecipe>> = {
  etcd: { layers: [base, etcd], config: { Env: [path] } },
  kubeApiserver: { layers: [base, kubernetes], config: { Env: [path] } },
  kubeControllerManager: { layers: [base, kubernetes], config: { Env: [path] } },
  kubeScheduler: { layers: [base, kubernetes], config: { Env: [path] } },
  kubeProxy: { layers: [base, kubernetes, tools], config: { Env: [path] } },
  kubelet: { layers: [base, kubernetes, tools], config: { Env: [path], Entrypoint: [`${bin}/kubelet`] } },
  kubectl: { layers: [base, kubernetes, kubectlLink], config: { Env: [path], Entrypoint: ['/bin/kubectl'] } },
  nginx: {
    layers: [base, tools, nginx],
    config: {
      Env: [path],
      Entrypoint: ['/docker-entrypoint.sh'],
      Cmd: ['nginx', '-g', 'daemon off;'],
      StopSignal: 'SIGQUIT',
    },
  },
  pause: { layers: [pause], config: { Entrypoint: ['/pause'], User: '65535:65535' } },
  flannel: { layers: [base, tools, flannel], config: { Env: [path], Entrypoint: ['/opt/bin/flanneld'] } },
  cniPlugins: { layers: [base, busybox, cniPlugins], config: { Env: [path], Cmd: ['/bin/sh'] } },
  coredns: { layers: [base, coredns], config: { Env: [path], Entrypoint: ['/coredns'] } },
  metricsServer: {
    layers: [base, metricsServer],
    config: { Env: [path], Entrypoint: ['/metrics-server'], User: '65534' },
  },
  echo: { layers: [base, busybox, echo], config: { Env: [path], Entrypoint: [`${bin}/echo`] } },
};

export const imageList = Object.entries(imageRecipes).map(([name, recipe]) => ({
  reference: images[name as ImageName],
  recipe,
}));
