import { describe, expect, it } from 'vitest';
import { containerdHeader } from '#main/cluster/nodes/containerd-config.ts';
import { sha256Hex } from '#main/cluster/sha256.ts';
import { fileRemoval, foldersOf, pathsToRead } from '#main/cluster/removal/own-files.ts';

const config = '/etc/containerd/config.toml';
const daemon = '/etc/docker/daemon.json';
const node = '/etc/slipway/node.json';
const backup = (path: string): string => `${path}.before-slipway`;
const ours = `${containerdHeader}\nversion = 2\n`;

function removal(recorded: readonly string[], there: Readonly<Record<string, string>>) {
  const found = Object.entries(there).map(([path, text]) => {
    const content = new TextEncoder().encode(text);
    return [path, { content, mode: 0o644, sha256: sha256Hex(content) }] as const;
  });
  const { restore, ...rest } = fileRemoval('m1', new Set(recorded), new Map(found), []);
  const restored = restore.map(({ path, content }) => [path, new TextDecoder().decode(content)]);
  return { restored: Object.fromEntries(restored) as Record<string, string>, ...rest };
}

describe('files that are recorded as ours', () => {
  it('are removed', () => {
    expect(removal([node, config], { [node]: '{}', [config]: ours })).toEqual({
      restored: {},
      remove: [node, config],
      kept: [],
    });
  });

  it('give way to what was there before', () => {
    const there = { [config]: ours, [backup(config)]: 'version = 2\n' };
    expect(removal([backup(config)], there)).toEqual({
      restored: { [config]: 'version = 2\n' },
      remove: [backup(config)],
      kept: [],
    });
  });

  it('stay as they are when a run that died has restored them already', () => {
    expect(removal([backup(daemon)], { [daemon]: '{"live-restore": true}' })).toEqual({
      restored: {},
      remove: [],
      kept: [],
    });
  });

  it('stay where somebody has put another in their place', () => {
    const theirs = '# by hand\n';
    expect(removal([config], { [config]: theirs }).remove).toEqual([]);
    const both = removal([backup(config)], { [config]: theirs, [backup(config)]: 'version = 2\n' });
    expect([both.restored, both.remove, both.kept.length]).toEqual([{}, [], 1]);
  });

  it('lose our settings only, where the person has added some', () => {
    const there = { [daemon]: '{"live-restore":true,"debug":true,"log-opts":{"max-file":"3","max-size":"10m"}}' };
    expect(removal([daemon], there)).toEqual({
      restored: { [daemon]: '{\n  "debug": true\n}\n' },
      remove: [],
      kept: [],
    });
    expect(removal([daemon], { [daemon]: '{"live-restore":true}' }).remove).toEqual([daemon]);
  });

  it('are read together with those whose place they took', () => {
    expect(pathsToRead(new Set([node, backup(daemon)]))).toEqual([daemon, backup(daemon), node]);
  });

  it('leave no folder of ours behind', () => {
    const recorded = new Set([node, '/etc/containerd/certs.d/r:1/hosts.toml', '/etc/sysctl.d/90-slipway.conf']);
    expect(foldersOf(recorded)).toEqual(['/etc/containerd/certs.d', '/etc/containerd/certs.d/r:1', '/etc/slipway']);
  });
});
