import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { Lab } from '#test/lab/lab.ts';
import { ConsoleProgress } from '#test/lab/progress.ts';
import { until } from '#test/lab/until.ts';

let lab: Lab;
const progress = new ConsoleProgress();

beforeAll(async () => {
  lab = await Lab.up({ name: 'lab-tests-by-hand', machines: ['node-1', 'node-2'], progress });
  return () => lab.down();
});

/** Docker and containerd as the product has to set them up, here with as few words as possible. */
function installDocker(registry: string): string {
  return `
    export DEBIAN_FRONTEND=noninteractive
    apt-get update
    apt-get install --yes --no-install-recommends docker.io docker-cli containerd
    mkdir -p /etc/docker /etc/containerd/certs.d/${registry}
    echo '{ "insecure-registries": ["${registry}"] }' > /etc/docker/daemon.json
    echo '[host."http://${registry}"]' > /etc/containerd/certs.d/${registry}/hosts.toml
    cat > /etc/containerd/config.toml << END
version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${lab.image('pause')}"
  registry.config_path = "/etc/containerd/certs.d"
  cni.bin_dir = "/opt/cni/bin"
END
    systemctl restart containerd docker`;
}

function beside(name: string): Promise<string> {
  return readFile(new URL(name, import.meta.url), 'utf8');
}

async function kubectl(command: string, input = ''): Promise<string> {
  const mounts = '--interactive --net host --volume /etc/kubernetes:/etc/kubernetes';
  const config = '--kubeconfig /etc/kubernetes/admin.conf';
  return lab.machine('node-1').run(`docker run --rm ${mounts} ${lab.image('kubectl')} ${config} ${command}`, input);
}

describe('a cluster made by hand of the lab’s images', () => {
  it('gets Docker from the distribution', async () => {
    const registry = lab.registries.plain.address;
    const machines = Object.values(lab.machines);
    await progress.step('install Docker', () =>
      Promise.all(machines.map((machine) => machine.run(installDocker(registry)))),
    );
    const versions = await Promise.all(machines.map((machine) => machine.run('docker version -f {{.Server.Version}}')));
    expect(versions).toEqual([expect.stringMatching(/^\d/), expect.stringMatching(/^\d/)]);
  });

  it('has an nginx that answers a token on TCP and UDP, and a bash that asks for it', async () => {
    const machine = lab.machine('node-1');
    const config = `
      events {}
      stream {
        server { listen 7001; return "token"; }
        server { listen 7001 udp; return "token"; }
      }`;
    await machine.run('cat > /root/listener.conf', config);
    const start = `docker run --detach --name listener --net host --volume /root/listener.conf:/etc/nginx/nginx.conf`;
    await machine.run(`${start} ${lab.image('nginx')}`);
    const ask = (protocol: string) =>
      machine.run(`docker exec listener timeout 5 bash -c '
        exec 3<> /dev/${protocol}/${machine.address}/7001; echo >&3; head -c 5 <&3'`);
    await until('nginx listens', 20_000, () => ask('tcp'));
    expect([await ask('tcp'), await ask('udp')]).toEqual(['token', 'token']);
    // The official image stops on SIGQUIT, in order: Docker must not have to kill it.
    await machine.run('docker stop --time 20 listener');
    expect(await machine.run('docker inspect --format {{.State.ExitCode}} listener')).toBe('0\n');
  });

  it('has an apiserver that says it is ready', async () => {
    const machine = lab.machine('node-1');
    const registry = lab.registries.plain.address;
    await progress.step('start the first machine', async () =>
      machine.run(['bash', '-s', '--', registry, machine.address, 'first'], await beside('cluster-by-hand.sh')),
    );
    const answer = await until('the apiserver is ready', 60_000, async () => {
      const said = await kubectl('get --raw /readyz');
      return said === 'ok' ? said : undefined;
    });
    expect(answer).toBe('ok');
  });

  it('has two nodes that become ready with flannel', async () => {
    const second = lab.machine('node-2');
    const files = await lab.machine('node-1').run('tar -C /etc -cf - kubernetes | base64 -w 0');
    await second.run('base64 -d | tar -C /etc -xf -', files);
    const registry = lab.registries.plain.address;
    await progress.step('start the second machine', async () =>
      second.run(['bash', '-s', '--', registry, second.address, 'join'], await beside('cluster-by-hand.sh')),
    );
    const manifest = await beside('cluster-by-hand.yaml');
    await kubectl('apply --filename -', manifest.replaceAll('REGISTRY', registry));
    await progress.step('wait for nodes', () => kubectl('wait --for=condition=Ready nodes --all --timeout=120s'));
    expect(await kubectl('get nodes -o name')).toBe('node/node-1\nnode/node-2\n');
  });

  it('answers on a service by name from either node, and reports metrics', async () => {
    await progress.step('wait for pods', () =>
      kubectl('wait --for=condition=Ready pods --all --all-namespaces --timeout=180s'),
    );
    const pods = (await kubectl('get pods -l app=echo -o name')).trim().split('\n');
    for (const pod of pods) {
      for (const target of pods) {
        const name = target.slice('pod/'.length);
        // Asked until that very pod answers: the service spreads its connections over both nodes.
        const ask = `echo get http://echo.default.svc.cluster.local/ --until-ok 60s --want ${name}`;
        expect(await kubectl(`exec ${pod} -- ${ask}`)).toContain(name);
      }
    }
    const usage = await until('there are metrics', 60_000, () => kubectl('top nodes --no-headers'));
    expect(usage).toMatch(/node-1[\s\S]*node-2/);
  });

  it('is gone after a reset that keeps the images', async () => {
    const machine = lab.machine('node-1');
    const imagesBefore = await machine.run('docker images --quiet --no-trunc | sort -u');
    await progress.step('reset', () => machine.reset({ keepImages: true }));
    const look = `
      docker ps --all --quiet
      ctr --namespace k8s.io containers ls --quiet
      ctr --namespace k8s.io tasks ls --quiet
      pgrep --list-full 'kube|etcd|flannel|coredns|pause|echo' || true
      iptables-save | grep KUBE || true
      ip -o link show | grep -E 'cni0|flannel|veth' || true
      ls -A /var/lib/etcd /var/lib/kubelet | grep -v -e ':$' -e '^$' || true
      ls -d /etc/kubernetes 2> /dev/null || true`;
    expect(await machine.run(look)).toBe('');
    expect(await machine.run('docker images --quiet --no-trunc | sort -u')).toBe(imagesBefore);
  });

  it('can be made again after it', async () => {
    const machine = lab.machine('node-1');
    const registry = lab.registries.plain.address;
    await machine.run(['bash', '-s', '--', registry, machine.address, 'first'], await beside('cluster-by-hand.sh'));
    await kubectl('wait --for=create node/node-1 --timeout=60s').catch(() => {}); // the apiserver may not answer yet
    await until('node-1 is registered', 60_000, async () => {
      return (await kubectl('get nodes -o name')).includes('node-1') || undefined;
    });
  });
});
