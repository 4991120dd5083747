import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { fullReference } from '#main/machines/containerd.ts';
import { bridgeCommand } from '#main/machines/docker/bridge.ts';
import { factsScript } from '#main/machines/facts/script.ts';
import { installScript } from '#main/machines/os/install-packages.ts';
import { quote } from '#main/machines/shell.ts';

describe('scripts for machines', () => {
  it.each([
    ['facts', factsScript],
    ['installation', installScript(['docker.io', "odd 'name'"])],
    ['Docker bridge', bridgeCommand],
  ])('are valid for a POSIX shell: %s', (_name, script) => {
    expect(() => execFileSync('sh', ['-n'], { input: script })).not.toThrow();
  });

  it.each(["it's", '$(id)', 'a b\nc', '', '`x`', '\\'])('quote %j so that the shell gives it back', (word) => {
    expect(execFileSync('sh', ['-c', `printf %s ${quote(word)}`]).toString()).toBe(word);
  });
});

describe('fullReference', () => {
  it.each([
    ['nginx', 'docker.io/library/nginx:latest'],
    ['rancher/pause:3', 'docker.io/rancher/pause:3'],
    ['registry.k8s.io/pause:3.10', 'registry.k8s.io/pause:3.10'],
    ['10.0.0.1:5000/a/b', '10.0.0.1:5000/a/b:latest'],
    ['localhost/a@sha256:00', 'localhost/a@sha256:00'],
  ])('spells %s out as %s', (image, full) => {
    expect(fullReference(image)).toBe(full);
  });
});
