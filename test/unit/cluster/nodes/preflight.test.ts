import { describe, expect, it } from 'vitest';
import { machineNamed } from '#main/cluster/cluster.ts';
import type { MachineFacts } from '#main/cluster/machine-facts.ts';
import { preflight } from '#main/cluster/nodes/preflight.ts';
import { clusterOf, everyRole } from '#test/fakes/cluster.ts';
import { freshFacts } from '#test/fakes/world/machine.ts';

const cluster = clusterOf([everyRole, ['worker']]);
const base = freshFacts('m1', '10.0.0.1');

function look(
  changed: Partial<MachineFacts>,
  more: { clockSkewMs?: number; known?: boolean; in?: typeof cluster } = {},
) {
  const { clockSkewMs = 0, known = false, in: inside = cluster } = more;
  const facts = { ...base, ...changed };
  const { errors, warnings } = preflight(inside, machineNamed(inside, 'm1'), { facts, clockSkewMs, known });
  return { codes: errors.map(({ code }) => code.replace('preflight.', '')), warnings };
}

const os = (id: string, version: string): MachineFacts['os'] => ({ id, idLike: [], version, name: `${id} ${version}` });

describe('preflight', () => {
  it('finds nothing wrong with a fresh machine', () => {
    expect(look({})).toEqual({ codes: [], warnings: [] });
  });

  it.each([
    { why: 'an unsupported system', facts: { os: os('alpine', '3.20') }, code: 'os_unsupported' },
    { why: 'a too new Debian', facts: { os: os('debian', '14') }, code: 'os_unsupported' },
    {
      why: 'a system whose containerd package is too old',
      facts: { os: os('debian', '11') },
      code: 'docker_packages_unfit',
    },
    { why: 'no sudo', facts: { privilege: 'none' }, code: 'no_root' },
    { why: 'only the docker group', facts: { privilege: 'docker-group' }, code: 'no_root' },
    { why: 'no systemd', facts: { hasSystemd: false }, code: 'no_systemd' },
    { why: 'swap', facts: { swapMiB: 512 }, code: 'swap_on' },
    { why: 'cgroup v1', facts: { cgroupVersion: 1 }, code: 'cgroup_v1' },
    { why: 'missing kernel modules', facts: { missingKernelModules: ['overlay'] }, code: 'kernel_modules_missing' },
    { why: 'a processor without images', facts: { architecture: 'other' }, code: 'architecture_unsupported' },
    { why: 'a full disk', facts: { freeMiB: { ...base.freeMiB, '/var/lib/docker': 100 } }, code: 'disk_full' },
    { why: 'an internal address of another machine', facts: { addresses: ['10.9.9.9'] }, code: 'address_elsewhere' },
    { why: 'an old containerd', facts: { containerd: { version: '1.5.9' } }, code: 'version_too_old' },
  ] as const)('refuses $why', ({ facts, code }) => {
    expect(look(facts).codes).toContain(code);
  });

  it('names everything that is wrong at once', () => {
    expect(look({ os: os('alpine', '3'), swapMiB: 1, privilege: 'none' }, { clockSkewMs: -90_000 }).codes).toEqual([
      'os_unsupported',
      'no_root',
      'swap_on',
      'clock_wrong',
    ]);
  });

  it('takes swap and cgroup v1 where the kubelet is told to', () => {
    const kubelet = { config: { failSwapOn: false, failCgroupV1: false } };
    const inside = clusterOf([everyRole], { services: { kubelet } });
    expect(look({ swapMiB: 512, cgroupVersion: 1 }, { in: inside }).codes).toEqual([]);
  });

  it('takes an unknown system and the docker group where Docker is there already', () => {
    const inside = clusterOf([everyRole], { docker: { source: 'present' } });
    const docker = {
      version: '28.0.0',
      apiVersion: '1.48',
      cgroupDriver: 'systemd',
      storageDriver: 'overlay2',
    } as const;
    const facts = { os: os('arch', ''), privilege: 'docker-group', docker, containerd: { version: '2.1.0' } } as const;
    expect(look(facts, { in: inside }).codes).toEqual([]);
    expect(look({}, { in: inside }).codes).toEqual(['docker_missing', 'docker_missing']);
  });

  it('does not refuse a disk that we filled ourselves until it is as good as full', () => {
    const freeMiB = { ...base.freeMiB, '/var/lib/docker': 900 };
    expect(look({ freeMiB }, { known: true }).codes).toEqual([]);
    expect(look({ freeMiB: { ...freeMiB, '/var/lib/docker': 100 } }, { known: true }).codes).toEqual(['disk_full']);
  });

  it('only warns of a small machine, another host name and a slow clock', () => {
    const { codes, warnings } = look({ cpus: 1, memoryMiB: 900, hostname: 'debian' }, { clockSkewMs: 9_000 });
    expect(codes).toEqual([]);
    expect(warnings).toEqual([
      'm1 has 1 CPU; 2 are advised for its roles.',
      'm1 has 900 MiB of memory; 2048 MiB are advised for its roles.',
      'The clock of m1 differs from this computer by 9 s.',
      'm1 calls itself "debian"; its node will be named "m1".',
    ]);
  });
});
