import { describe, expect, it } from 'vitest';
import { daemonJsonWithoutOurs, mergedDaemonJson } from '#main/cluster/nodes/daemon-json.ts';
import { specOf } from '#test/fakes/cluster.ts';

const { registries } = specOf([['worker']], {
  registries: [
    { server: 'r.example:5000', insecure: true, mirrorOf: ['docker.io', 'quay.io'] },
    { server: 's.example' },
  ],
}).spec;
const merged = (existing: string | undefined): unknown => JSON.parse(mergedDaemonJson('m1', existing, registries).text);

describe('mergedDaemonJson', () => {
  it('writes what a cluster needs where there is no file', () => {
    expect(merged(undefined)).toEqual({
      'live-restore': true,
      'log-opts': { 'max-file': '3', 'max-size': '10m' },
      'insecure-registries': ['r.example:5000'],
      'registry-mirrors': ['http://r.example:5000'],
    });
  });

  it('keeps every setting that is there', () => {
    const existing = {
      'data-root': '/data',
      'insecure-registries': ['old:1'],
      'log-driver': 'journald',
      'exec-opts': ['x'],
    };
    expect(merged(JSON.stringify(existing))).toEqual({
      ...existing,
      'live-restore': true,
      'insecure-registries': ['old:1', 'r.example:5000'],
      'registry-mirrors': ['http://r.example:5000'],
    });
  });

  it('leaves a file that has all of it byte for byte', () => {
    const { text } = mergedDaemonJson('m1', undefined, registries);
    const odd = JSON.stringify(JSON.parse(text), undefined, 7);
    expect(mergedDaemonJson('m1', odd, registries).text).toBe(odd);
  });

  it('does not overrule the person on live-restore, but warns', () => {
    const { text, warnings } = mergedDaemonJson('m1', '{"live-restore": false}', []);
    expect(JSON.parse(text)).toMatchObject({ 'live-restore': false });
    expect(warnings).toHaveLength(1);
  });

  it.each(['{ "a": secret-word', '[]', '"text"'])('refuses %s without quoting it', (existing) => {
    let message = '';
    try {
      mergedDaemonJson('m1', existing, []);
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain('is not a JSON object');
    expect(message).not.toContain('secret-word');
  });
});

describe('daemon.json without what we added', () => {
  const theirs = '{ "debug": true,\n "insecure-registries": ["old:1"], "live-restore": true }';

  it('is the text that was there before, byte for byte', () => {
    const { text } = mergedDaemonJson('m1', theirs, registries);
    expect(daemonJsonWithoutOurs('m1', text, theirs, registries)).toBe(theirs);
    expect(daemonJsonWithoutOurs('m1', theirs, theirs, registries)).toBe(theirs);
  });

  it('is nothing where there was none before', () => {
    const { text } = mergedDaemonJson('m1', undefined, registries);
    expect(daemonJsonWithoutOurs('m1', text, undefined, registries)).toBeUndefined();
  });

  it('keeps what the person has changed since', () => {
    const now = { ...(JSON.parse(mergedDaemonJson('m1', theirs, registries).text) as object), mtu: 1400, debug: false };
    expect(JSON.parse(daemonJsonWithoutOurs('m1', JSON.stringify(now), theirs, registries) ?? '')).toEqual({
      debug: false,
      'insecure-registries': ['old:1'],
      'live-restore': true,
      mtu: 1400,
    });
  });
});
