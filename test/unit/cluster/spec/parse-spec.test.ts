import { describe, expect, it } from 'vitest';
import { parseSpec } from '#main/cluster/spec/parse-spec.ts';
import { errorData } from '#shared/errors/define.ts';

const machine = '{ name: m1, address: 10.0.0.1, roles: [etcd, controlplane, worker] }';
const text = (spec: string): string =>
  `apiVersion: slipway.dev/v1\nkind: Cluster\nmetadata: { name: prod }\nspec:\n  machines: [${machine}]\n${spec}`;

function problemsOf(source: string | object) {
  try {
    parseSpec(source);
  } catch (error) {
    const data = errorData(error);
    return { code: data.code, problems: data.chain.map(({ code, cause, hint }) => ({ code, cause, hint })) };
  }
  return { code: 'none', problems: [] };
}

describe('parseSpec', () => {
  it('fills in every default', () => {
    const { spec } = parseSpec(text(''));
    expect([spec.network.podCidr, spec.docker.source, spec.timeouts.connect]).toEqual(['10.42.0.0/16', 'packages', 15]);
  });

  it('reads JSON as well as YAML', () => {
    expect(parseSpec(JSON.stringify(parseSpec(text(''))))).toEqual(parseSpec(text('')));
  });

  it('names the nearest key for an unknown one', () => {
    expect(problemsOf(text('  network: { podCIDR: 10.1.0.0/16 }\n')).problems).toEqual([
      {
        code: 'spec.unknown_key',
        cause: 'spec.network.podCIDR is not a key of the cluster spec (value "10.1.0.0/16").',
        hint: 'Did you mean "podCidr"?',
      },
    ]);
  });

  it('lists the known keys when none is near', () => {
    expect(problemsOf(text('  dns: { zzzzzz: 1 }\n')).problems[0]?.hint).toBe(
      'Known keys there: domain, enabled, serviceIp, upstreams.',
    );
  });

  it('reports all problems at once, each with field, value and remedy', () => {
    const source = text('  network: { nodeCidrBits: 40, vxlanPort: "8472" }\n  metrics: { enabled: yes please }\n');
    expect(problemsOf(source).problems.map(({ cause }) => cause)).toEqual([
      'spec.network.nodeCidrBits is 40: must be at most 28.',
      'spec.network.vxlanPort is "8472": must be a number (without quotes).',
      'spec.metrics.enabled is "yes please": must be true or false.',
    ]);
  });

  it('says what a field must be in the words of the schema', () => {
    const bad = { name: 'Node_1', address: 'a b', roles: ['master'] };
    const document = {
      apiVersion: 'slipway.dev/v1',
      kind: 'Cluster',
      metadata: { name: 'x' },
      spec: { machines: [bad] },
    };
    expect(problemsOf(document).problems.map(({ cause }) => cause)).toEqual([
      'spec.machines[0].name is "Node_1": must be lower-case letters, digits and "-", at most 63.',
      'spec.machines[0].address is "a b": must be an IP address or a host name.',
      'spec.machines[0].roles[0] is "master": must be "etcd" or "controlplane" or "worker".',
    ]);
  });

  it('names a missing key with the place where it belongs', () => {
    expect(problemsOf({ apiVersion: 'slipway.dev/v1', kind: 'Cluster', metadata: {} }).problems).toEqual([
      { code: 'spec.missing_key', cause: 'metadata.name is missing.', hint: 'Add metadata.name: it must be given.' },
      { code: 'spec.missing_key', cause: 'spec is missing.', hint: 'Add spec: it must be given.' },
    ]);
  });

  it.each([
    ['a password where a reference belongs', '  ssh: { auth: { kind: password, password: hunter2 } }\n'],
    ['a misspelt password key', '  registries: [{ server: r.example, passwrod: hunter2 }]\n'],
    ['a key file pasted into the spec', '  ssh: { auth: { kind: key, key: hunter2 } }\n'],
    ['a login that is a mapping', '  registries: { password: hunter2 }\n'],
  ])('never shows %s', (_what, part) => {
    const shown = JSON.stringify(problemsOf(text(part)));
    expect(shown).toContain('(not shown)');
    expect(shown).not.toContain('hunter2');
  });

  it('names line and column of text that is no YAML', () => {
    expect(() => parseSpec('apiVersion: slipway.dev/v1\nspec: {{')).toThrow(/line 2, column \d+/);
    expect(problemsOf('a: 1\na: 2').code).toBe('spec.unreadable');
  });
});
