import { beforeAll, describe, expect, it } from 'vitest';
import { exitCodes } from '#main/apps/cli/exit-codes.ts';
import { Lab } from '#test/lab/lab.ts';
import { Kubectl } from './support/kubectl.ts';
import { type Ended, eventsOf, Person, told } from './support/person.ts';

const name = 'goes';

/** Files, mounts, devices, network namespaces, rules of the packet filter and processes. */
const look = `
set +e +o pipefail
find /etc /opt /var/lib/kubelet /var/lib/etcd /var/lib/cni /var/log/pods /var/log/containers /run/flannel \
  -path /etc/ssl -prune -o -print 2>/dev/null
awk '{ print "mount " $5 }' /proc/self/mountinfo
ls /sys/class/net | sed 's/^/device /'
ls /run/netns 2>/dev/null | sed 's/^/netns /'
(iptables-save; ip6tables-save) 2>/dev/null | grep '^[:-]' | sed 's/ \\[.*//; s/^/rule /'
ps -eo args= | grep -E '^(kube|etcd|flanneld|/pause|.*containerd-shim.*k8s[.]io)' | sed 's/^/process /'
true`;

/** Of the container of somebody else. */
const ofTheirs = /^mount .*\/docker\//;

/** With what a machine has that had Docker before us; without an internet it comes from the lab's package mirror. */
const installDocker = `
export DEBIAN_FRONTEND=noninteractive
apt-get update -q && apt-get install -qy --no-install-recommends docker.io docker-cli containerd conntrack iptables kmod
systemctl start docker`;

let lab: Lab;
let person: Person;
let specFile: string;
let fresh: ReadonlySet<string>;
let removed: Ended;
let after: ReadonlySet<string>;
let daemonJson: string;

const theirDaemonJson = '{ "debug": false }\n';

// What every test of the first block speaks of: a cluster on a machine that somebody uses for other things, too, and
// its removal.
beforeAll(async () => {
  await using stack = new AsyncDisposableStack();
  lab = await Lab.up({ name: 'down-h', machines: ['node-1'] });
  stack.defer(() => lab.down());
  person = stack.use(await Person.arrive());
  specFile = await person.writeSpec(name, {
    ...lab.specFragment(),
    machines: [lab.machineSpec('node-1', ['etcd', 'controlplane', 'worker'])],
  });
  const machine = lab.machine('node-1');
  await machine.run(
    ['sh', '-c', 'mkdir -p /etc/docker /etc/kubernetes /opt/cni/bin && cat > "$0"', daemonPath],
    theirDaemonJson,
  );
  await machine.run(`
    echo theirs | tee /etc/theirs.conf /etc/kubernetes/theirs.yaml /opt/cni/bin/their-plugin
    iptables -N THEIRS && iptables -A THEIRS -j RETURN && iptables -A INPUT -m comment --comment 'not KUBE-' -j THEIRS`);
  await machine.run(installDocker);
  fresh = await seen();
  await person.succeed('up', '-f', specFile, '--yes', '--json');
  await machine.run(`
    image=$(docker inspect --format '{{.Config.Image}}' kube-proxy)
    docker run --detach --name theirs --network none --entrypoint sleep "$image" 1d`);
  kubeconfig = await person.exportKubeconfig(name);
  // As a run that died leaves it.
  await machine.run(`
    owner=$(docker inspect --format '{{index .Config.Labels "dev.slipway.cluster"}}' kubelet)
    docker create --name old-kubelet --label "dev.slipway.cluster=$owner" "$(docker inspect --format '{{.Config.Image}}' kubelet)"`);
  mountsBefore = await mountsBelow('/var/lib/kubelet');
  removed = await person.slipway('down', name, '--yes', '--json');
  after = await seen();
  daemonJson = await machine.run(['cat', daemonPath]);
  const kept = stack.move();
  return () => kept.disposeAsync();
});

const daemonPath = '/etc/docker/daemon.json';
let kubeconfig: string;
let mountsBefore: readonly string[];

async function seen(): Promise<ReadonlySet<string>> {
  return new Set((await lab.machine('node-1').run(look)).split('\n').filter((line) => line !== ''));
}

async function mountsBelow(folder: string): Promise<readonly string[]> {
  const mounts = await lab.machine('node-1').run(`awk '{ print $5 }' /proc/self/mountinfo`);
  return mounts.split('\n').filter((path) => path.startsWith(`${folder}/`));
}

describe('a cluster that is removed from a machine that was there before', () => {
  it('goes with one command', () => {
    expect(removed.exitCode, told(removed)).toBe(exitCodes.ok.code);
  });

  it('had been there: otherwise nothing below is proved', () => {
    expect(mountsBefore.length).toBeGreaterThan(3);
  });

  it('leaves no container of its own and those of others running', async () => {
    const containers = await lab.machine('node-1').run(`docker ps --all --format '{{.Names}} {{.State}}'`);
    expect(containers.trim().split('\n')).toEqual(['theirs running']);
  });

  it('leaves no file, mount, device, chain, network namespace or process', () => {
    expect([...after.difference(fresh)].filter((line) => !ofTheirs.test(line))).toEqual([]);
  });

  it('takes nothing that was there before', () => {
    expect([...fresh.difference(after)]).toEqual([]);
    expect(daemonJson).toBe(theirDaemonJson);
  });

  it('leaves Docker and containerd at work, without a pod', async () => {
    const machine = lab.machine('node-1');
    expect(await machine.run('docker info --format {{.ServerVersion}}')).toMatch(/^\d+\./);
    expect(await machine.run('ctr plugins ls | grep "cri .* ok"')).not.toBe('');
    expect((await machine.run('ctr -n k8s.io containers ls -q; ctr -n k8s.io tasks ls -q')).trim()).toBe('');
    expect(await machine.run('head -n 1 /etc/containerd/config.toml')).toBe('version = 2\n');
  });

  it('is forgotten by the inventory', async () => {
    expect((await person.slipway('status', name)).exitCode).not.toBe(0);
  });

  it('warns that a running container of somebody else keeps Docker from a restart', () => {
    const warnings = eventsOf(removed).flatMap((event) => (event.type === 'step.warning' ? event.text : []));
    expect(warnings.join()).toContain('theirs runs there');
  });
});

// From test to test: the same machine once more, which then is switched off.
describe('a machine that was cleaned', () => {
  it('takes a new cluster', async () => {
    const again = await person.slipway('up', '-f', specFile, '--yes', '--json');
    expect(again.exitCode, told(again)).toBe(exitCodes.ok.code);
    await using kubectl = await Kubectl.with(await person.exportKubeconfig(name));
    expect(await kubectl.nodes()).toEqual({ 'node-1': true });
    expect(await person.read(kubeconfig)).not.toBe('');
  });

  it('is named when it cannot be reached, and its cluster stays', async () => {
    await lab.machine('node-1').stop();
    const failed = await person.slipway('down', name, '--yes', '--json');
    expect(failed.exitCode, told(failed)).toBe(exitCodes.machines.code);
    expect(failed.stdout).toContain('"removal.not_reached"');
    await person.succeed('status', name);
  });

  it('can be given up, and what stays there is named', async () => {
    const gone = await person.slipway('down', name, '--yes', '--forget-unreachable');
    expect(gone.exitCode, told(gone)).toBe(exitCodes.ok.code);
    expect(gone.stdout).toMatch(/node-1 cannot be reached and was given up.*kube-apiserver/);
    expect((await person.slipway('status', name)).exitCode).not.toBe(0);
  });
});
