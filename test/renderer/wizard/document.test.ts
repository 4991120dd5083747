// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { argumentsOfText, textOfArguments } from '#renderer/lib/wizard/arguments-text.ts';
import { documentOfProfile, firstDocument } from '#renderer/lib/wizard/begin.ts';
import { keptContent } from '#renderer/lib/wizard/draft-content.ts';
import { atPlace } from '#renderer/lib/wizard/place.ts';
import { missing, stepOfPath, takenName, valueProblems } from '#renderer/lib/wizard/problems.ts';
import { freeName, isSpecDocument, newDocument } from '#renderer/lib/wizard/spec-document.ts';
import { authKinds, authOfKind, kindOfAuth } from '#renderer/lib/wizard/ssh-auth.ts';
import { yamlOf, valueOfYaml } from '#renderer/lib/wizard/yaml-text.ts';

const nobody = { clusters: [], credentials: [], registries: [] };

describe('the first document', () => {
  it('lacks only what the person alone knows', () => {
    const problems = valueProblems(firstDocument({ ...nobody, credentials: ['lab'] }));
    expect(problems.map(({ path }) => path)).toEqual([
      'spec.templates.0.source.vm',
      'spec.templates.0.networks.0.network',
    ]);
  });

  it('takes the only credential there is, and chooses between none', () => {
    const chosen = (credentials: readonly string[]) =>
      firstDocument({ ...nobody, credentials }).spec.vsphere?.credential;
    expect([chosen(['a']), chosen(['a', 'b']), chosen([])]).toEqual(['a', '', '']);
  });

  it('has the first name that is free', () => {
    expect(firstDocument({ ...nobody, clusters: ['cluster-1', 'cluster-3'] }).metadata.name).toBe('cluster-2');
    expect(freeName(['web-1'], 'web')).toBe('web-2');
  });

  it('of a profile is that profile under another name', () => {
    const profile = { ...newDocument('small'), spec: { release: 'v1.36.3' } };
    expect(documentOfProfile(profile, [])).toEqual({ ...profile, metadata: { name: 'small-1' } });
  });

  it('begins with the registries of the settings', () => {
    const registries = [{ server: 'r.test', insecure: false, systemImages: true, mirrorOf: [] }];
    expect(firstDocument({ ...nobody, registries }).spec.registries).toEqual(registries);
  });
});

describe('the other place', () => {
  it('gives back what the first one had', () => {
    const document = firstDocument({ ...nobody, credentials: ['lab'] });
    const away = atPlace({ ...document, spec: { ...document.spec, release: 'v1.36.3' } }, 'ssh', {});
    expect(away.document.spec).toEqual({ release: 'v1.36.3' });
    const back = atPlace(away.document, 'vcenter', away.aside);
    expect(back.document.spec).toEqual({ ...document.spec, release: 'v1.36.3' });
  });

  it('keeps a jump host for each of the two places', () => {
    const ssh = { bastion: { address: 'jump.test' } };
    const there = atPlace({ ...newDocument('a'), spec: { vsphere: { credential: 'lab' }, ssh } }, 'ssh', {});
    expect(there.document.spec).toEqual({});
    const login = { ...there.document, spec: { ssh: { user: 'tom' } } };
    const back = atPlace(login, 'vcenter', there.aside);
    expect(back.document.spec.ssh).toEqual(ssh);
    expect(atPlace(back.document, 'ssh', back.aside).document.spec.ssh).toEqual({ user: 'tom' });
  });

  it('keeps own machines that stood beside the pools', () => {
    const machines = [{ name: 'a', address: '192.0.2.1', roles: ['worker' as const] }];
    const mixed = { ...newDocument('a'), spec: { vsphere: { credential: 'lab' }, machines } };
    expect(atPlace(mixed, 'ssh', {}).document.spec).toEqual({ machines });
  });
});

describe('what is wrong with a document', () => {
  it('is said by field, and nothing is expected of an empty one', () => {
    const document = { ...newDocument('Prod!'), spec: { vsphere: { credential: '' } } };
    expect(valueProblems(document)).toEqual([
      { path: 'metadata.name', expected: 'must be lower-case letters, digits and "-", at most 63' },
      { path: 'spec.vsphere.credential', expected: undefined },
    ]);
  });

  it('names the limits of numbers in words', () => {
    const pools = [{ name: 'a', template: 't', count: 0, roles: ['worker' as const] }];
    expect(valueProblems({ ...newDocument('a'), spec: { pools } })).toEqual([
      { path: 'spec.pools.0.count', expected: 'must be at least 1' },
    ]);
  });

  it('is also that there is no machine, or a cluster of that name', () => {
    expect(missing(newDocument('a'))).toEqual([{ path: 'spec.pools', expected: undefined }]);
    expect(missing({ ...newDocument('a'), spec: {} })).toEqual([{ path: 'spec.machines', expected: undefined }]);
    expect(takenName(newDocument('a'), ['a'])).toEqual([{ path: 'metadata.name', expected: 'taken' }]);
  });

  it.each([
    ['metadata.name', 'where'],
    ['spec.ssh.auth.key', 'where'],
    ['spec.vsphere.credential', 'where'],
    ['spec.templates.0.source.vm', 'machines'],
    ['spec.machines', 'machines'],
    ['spec.network.podCidr', 'kubernetes'],
  ])('is mended where %s is shown', (path, step) => {
    expect(stepOfPath(path)).toBe(step);
  });
});

describe('a kept draft', () => {
  const document = newDocument('a');

  it('goes on where it was left, and looks again at what was on its way', () => {
    expect(keptContent({ document, step: 'kubernetes' })).toEqual({ document, step: 'kubernetes' });
    expect(keptContent({ document, step: 'create' })?.step).toBe('where');
  });

  it.each([[null], ['text'], [{ document: { kind: 'Other' }, step: 'where' }], [{ step: 'where' }]])(
    'is none where it cannot be read: %j',
    (content) => {
      expect(keptContent(content)).toBeUndefined();
    },
  );
});

describe('the document as YAML', () => {
  it('keeps comments, order and what the forms do not know', () => {
    const before = [
      '# ours',
      'kind: Cluster',
      'apiVersion: slipway.dev/v1',
      'metadata: { name: a }',
      'spec:',
      '  concurrency: { machines: 3 } # slow switch',
      '  pools:',
      '    - name: web # the shop',
      '      template: t',
      '      count: 1',
      '      roles: [ worker ]',
      '',
    ].join('\n');
    const value = valueOfYaml(before);
    if (!isSpecDocument(value)) throw new Error('It is a spec.');
    const pools = (value.spec.pools ?? []).map((pool) => ({ ...pool, count: 4 }));
    const changed = { ...value, metadata: { name: 'b' }, spec: { ...value.spec, pools, release: 'v1.36.3' } };
    expect(yamlOf(changed, before)).toBe(
      before.replace('name: a', 'name: b').replace('count: 1', 'count: 4') + '  release: v1.36.3\n',
    );
  });

  it('loses what the forms have taken away', () => {
    expect(yamlOf({ a: 1, list: [1] }, 'a: 1\nb: 2\nlist: [1, 2]\n')).toBe('a: 1\nlist:\n  - 1\n');
  });

  it('is refused where it has a key that no form and no run knows', () => {
    expect(isSpecDocument({ ...newDocument('a'), spec: { releese: 'v1' } })).toBe(false);
  });
});

describe('arguments of a component', () => {
  it('are the same after a look at their text', () => {
    const given = { 'conntrack-min': '0', v: null, 'feature-gates': 'A=true,B=false' };
    expect(argumentsOfText(textOfArguments(given))).toEqual(given);
  });

  it('are understood as a shell has them, and what is none is left out', () => {
    expect(argumentsOfText('--v=2\n\n  --feature-gates=A=true\nno such thing')).toEqual({
      v: '2',
      'feature-gates': 'A=true',
    });
  });
});

describe('how to log in', () => {
  it.each(authKinds)('is what was chosen: %s', (kind) => {
    expect(kindOfAuth(authOfKind(kind))).toBe(kind);
  });
});
