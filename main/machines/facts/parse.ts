import { machineErrors } from '#shared/errors/machine.ts';
import type { MachineFacts } from '#main/cluster/machine-facts.ts';
import { dataFolders } from './script.ts';

/**
 * What `factsScript` printed. Strict: a fact that is missing or not of its kind throws and is never guessed.
 * @throws `machine.facts_unreadable` naming the fact.
 */
export function parseFacts(machine: string, output: string, docker: MachineFacts['docker']): MachineFacts {
  const values = new Map<string, string[]>();
  for (const line of output.split('\n')) {
    const [key, value] = cut(line);
    if (value !== undefined) values.set(key, [...(values.get(key) ?? []), value]);
  }
  const unreadable = (fact: string) => machineErrors.facts_unreadable({ machine, fact }, { target: machine });
  const text = (key: string): string => {
    const value = values.get(key)?.[0];
    if (value === undefined) throw unreadable(key);
    return value;
  };
  const nonEmpty = (key: string): string => {
    if (text(key) === '') throw unreadable(key);
    return text(key);
  };
  const whole = (key: string): number => {
    if (!/^\d+$/.test(text(key))) throw unreadable(key);
    return Number(text(key));
  };
  const oneOf = <T>(key: string, choices: Readonly<Record<string, T>>): T => {
    const choice = choices[text(key)];
    if (choice === undefined) throw unreadable(key);
    return choice;
  };
  const mebibytes = (key: string) => Math.floor(whole(key) / 1024);
  text('end'); // cut off output has every key but the last ones
  const [docker_, etcd, kubelet, etc] = dataFolders;
  return {
    os: {
      id: nonEmpty('os.id'),
      idLike: text('os.idLike').split(' ').filter(Boolean),
      version: text('os.version'),
      name: nonEmpty('os.name'),
    },
    architecture: architectures[nonEmpty('architecture')] ?? 'other',
    kernel: nonEmpty('kernel'),
    hostname: nonEmpty('hostname'),
    machineId: text('machineId'),
    cpus: whole('cpus'),
    memoryMiB: mebibytes('memoryKiB'),
    cgroupVersion: oneOf('cgroupVersion', { 1: 1, 2: 2 } as const),
    swapMiB: mebibytes('swapKiB'),
    freeMiB: {
      [docker_]: mebibytes(`freeKiB.${docker_}`),
      [etcd]: mebibytes(`freeKiB.${etcd}`),
      [kubelet]: mebibytes(`freeKiB.${kubelet}`),
      [etc]: mebibytes(`freeKiB.${etc}`),
    },
    addresses: [...(values.get('address') ?? [])].sort(),
    defaultAddress: values.get('candidate')?.[0] ?? '',
    mtu: whole('mtu'),
    privilege: oneOf('privilege', {
      root: 'root',
      sudo: 'sudo',
      'docker-group': 'docker-group',
      none: 'none',
    } as const),
    hasSystemd: oneOf('systemd', { yes: true, no: false }),
    packageManager: values.has('packageManager')
      ? oneOf('packageManager', { 'apt-get': 'apt', dnf: 'dnf', zypper: 'zypper' } as const)
      : 'none',
    resolvConf: oneOf('resolvConf', {
      '/etc/resolv.conf': '/etc/resolv.conf',
      '/run/systemd/resolve/resolv.conf': '/run/systemd/resolve/resolv.conf',
    } as const),
    docker,
    containerd: containerdVersion(text('containerd')),
    missingKernelModules: values.get('missingModule') ?? [],
  };
}

const architectures: Readonly<Record<string, MachineFacts['architecture']>> = {
  x86_64: 'amd64',
  aarch64: 'arm64',
};

/** "containerd github.com/containerd/containerd 1.7.24~ds1 1.7.24~ds1-6+b4", with a `v` in upstream's builds. */
function containerdVersion(printed: string): MachineFacts['containerd'] {
  const version = /\sv?(\d+\.\d+\.\d+)/.exec(printed)?.[1];
  return version === undefined ? undefined : { version };
}

function cut(line: string): [string, string | undefined] {
  const at = line.indexOf('=');
  return at < 0 ? [line, undefined] : [line.slice(0, at), line.slice(at + 1)];
}
