import { describe, expect, it } from 'vitest';
import { parseFacts } from '#main/machines/facts/parse.ts';
import { errorData } from '#shared/errors/define.ts';

/** Printed by `factsScript` on an Ubuntu 24.04 machine. */
const printed = `os.id=ubuntu
os.idLike=debian
os.version=24.04
os.name=Ubuntu 24.04.1 LTS
architecture=x86_64
kernel=6.8.0-45-generic
hostname=node-1
machineId=0123456789abcdef0123456789abcdef
cpus=4
memoryKiB=8131072
swapKiB=0
cgroupVersion=2
freeKiB./var/lib/docker=20480000
freeKiB./var/lib/etcd=20480000
freeKiB./var/lib/kubelet=20480000
freeKiB./etc=10240
address=10.0.0.7
candidate=10.0.0.7
address=10.0.0.11
mtu=1450
privilege=sudo
systemd=yes
packageManager=apt-get
resolvConf=/run/systemd/resolve/resolv.conf
containerd=containerd github.com/containerd/containerd v2.1.9 abc=def
missingModule=vxlan
end=yes
`;

describe('parseFacts', () => {
  it('reads a whole look', () => {
    expect(parseFacts('node-1', printed, undefined)).toEqual({
      os: { id: 'ubuntu', idLike: ['debian'], version: '24.04', name: 'Ubuntu 24.04.1 LTS' },
      architecture: 'amd64',
      kernel: '6.8.0-45-generic',
      hostname: 'node-1',
      machineId: '0123456789abcdef0123456789abcdef',
      cpus: 4,
      memoryMiB: 7940,
      cgroupVersion: 2,
      swapMiB: 0,
      freeMiB: { '/var/lib/docker': 20000, '/var/lib/etcd': 20000, '/var/lib/kubelet': 20000, '/etc': 10 },
      addresses: ['10.0.0.11', '10.0.0.7'],
      defaultAddress: '10.0.0.7',
      mtu: 1450,
      privilege: 'sudo',
      hasSystemd: true,
      packageManager: 'apt',
      resolvConf: '/run/systemd/resolve/resolv.conf',
      docker: undefined,
      containerd: { version: '2.1.9' },
      missingKernelModules: ['vxlan'],
    });
  });

  it.each([
    ['memoryKiB=8131072\n', 'memoryKiB'],
    ['privilege=sudo\n', 'privilege'],
    ['end=yes\n', 'end'],
  ])('names the fact when the line %j is missing', (line, fact) => {
    let thrown: unknown;
    try {
      parseFacts('node-1', printed.replace(line, ''), undefined);
    } catch (error) {
      thrown = error;
    }
    expect(errorData(thrown)).toMatchObject({ code: 'machine.facts_unreadable', params: { machine: 'node-1', fact } });
  });

  it('takes no word for a number', () => {
    expect(() => parseFacts('node-1', printed.replace('cpus=4', 'cpus=four'), undefined)).toThrow('no usable cpus');
  });

  it('knows a machine without package manager and containerd', () => {
    const bare = printed.replace('packageManager=apt-get\n', '').replace(/containerd=.*/, 'containerd=');
    expect(parseFacts('node-1', bare, undefined)).toMatchObject({ packageManager: 'none', containerd: undefined });
  });
});
