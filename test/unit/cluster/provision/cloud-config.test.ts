import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { userData } from '#main/cluster/provision/cloud-config.ts';
import { templateOf } from '#test/fakes/node-template.ts';
import type { NodeTemplateInput } from '#shared/spec/node-template.ts';

const hostKey = { privateKey: '-----BEGIN\nabc\n-----END\n', publicKey: 'ssh-ed25519 AAAAhost' };

const userDataOf = (more: Partial<NodeTemplateInput> = {}): string =>
  userData({ name: 'demo-workers-1', template: templateOf(more), userPublicKey: 'ssh-ed25519 AAAAuser\n', hostKey });

describe('userData', () => {
  it('gives the machine its name, our host key and a user of ours that logs in by key', () => {
    const text = userDataOf();
    expect(text.split('\n', 1)).toEqual(['#cloud-config']);
    expect(parse(text)).toEqual({
      hostname: 'demo-workers-1',
      fqdn: 'demo-workers-1',
      prefer_fqdn_over_hostname: false,
      preserve_hostname: false,
      manage_etc_hosts: 'localhost',
      users: [
        {
          name: 'slipway',
          gecos: 'Slipway',
          shell: '/bin/bash',
          sudo: 'ALL=(ALL) NOPASSWD:ALL',
          lock_passwd: true,
          ssh_authorized_keys: ['ssh-ed25519 AAAAuser'],
        },
      ],
      disable_root: true,
      ssh_pwauth: false,
      ssh_deletekeys: true,
      ssh_genkeytypes: ['ed25519'],
      ssh_keys: { ed25519_private: hostKey.privateKey, ed25519_public: 'ssh-ed25519 AAAAhost\n' },
      growpart: { mode: 'auto', devices: ['/'] },
      resize_rootfs: true,
    });
  });

  it('joins lists, merges mappings and lets other values of the person count', () => {
    const cloudInit = {
      users: ['default', { name: 'ops' }],
      packages: ['htop'],
      growpart: { mode: 'off' },
      ssh_pwauth: true,
      ntp: { servers: ['192.0.2.1'] },
    };
    const { users, packages, growpart, ssh_pwauth, ntp } = parse(userDataOf({ cloudInit }));
    expect(users.map((user: unknown) => (typeof user === 'string' ? user : (user as { name: string }).name))).toEqual([
      'slipway',
      'default',
      'ops',
    ]);
    expect({ packages, growpart, ssh_pwauth, ntp }).toEqual({
      packages: ['htop'],
      growpart: { mode: 'off', devices: ['/'] },
      ssh_pwauth: true,
      ntp: { servers: ['192.0.2.1'] },
    });
  });

  it('takes the first search domain for the full name', () => {
    const addresses = {
      kind: 'static' as const,
      ranges: ['10.0.0.5'],
      prefix: 24,
      searchDomains: ['a.test', 'b.test'],
    };
    expect(parse(userDataOf({ networks: [{ network: 'lan', addresses }] })).fqdn).toBe('demo-workers-1.a.test');
  });

  it('puts into quotes what YAML 1.1 would not read as text', () => {
    const text = userDataOf({ cloudInit: { write_files: [{ path: '/a', content: 'on', permissions: '0644' }] } });
    expect(text).toContain('content: "on"');
    expect(text).toContain('permissions: "0644"');
  });
});
