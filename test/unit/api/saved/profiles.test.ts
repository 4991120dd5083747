import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { profilesApi } from '#main/api/saved/profiles.ts';
import { errorData } from '#shared/errors/define.ts';
import { openWorld } from '#test/unit/api/world-for-test.ts';

const spec = `
apiVersion: slipway.dev/v1
kind: Cluster
metadata: { name: home }
spec:
  release: v1.36.3
  vsphere: { credential: lab }
  machines:
    - { name: node-1, address: 192.0.2.7, roles: [etcd], hostKey: "ssh-ed25519 AAAA" }
  pools:
    - { name: control, template: small, count: 3, roles: [etcd, controlplane] }
    - { name: work, template: small, count: 2, roles: [worker] }
`;

const opened = () => profilesApi(openWorld().world);
const anew = { replace: false };
const codeOf = (act: Promise<unknown>): Promise<string> =>
  act.then(
    () => 'no error',
    (thrown: unknown) => errorData(thrown).code,
  );

async function problemsOf(act: Promise<unknown>): Promise<readonly string[]> {
  const data = await act.then(
    () => undefined,
    (thrown: unknown) => errorData(thrown),
  );
  return data?.code === 'profile.invalid'
    ? data.chain.map(({ code, target }) => `${code} ${String(target)}`)
    : [String(data?.code)];
}

describe('a profile', () => {
  it('keeps a spec without the cluster and its machines', async () => {
    const profiles = opened();
    const summary = await profiles.save({ name: 'small', description: 'One of each', text: spec }, anew);
    expect(summary).toMatchObject({ name: 'small', description: 'One of each', release: 'v1.36.3', machines: 5 });
    const { text } = await profiles.get('small');
    expect(text).not.toMatch(/192\.0\.2\.7|ssh-ed25519|home/);
    expect(parse(text)).toMatchObject({
      kind: 'Cluster',
      metadata: { name: 'small' },
      spec: { vsphere: { credential: 'lab' } },
    });
  });

  it('may lack what a run needs', async () => {
    const profiles = opened();
    for (const text of ['{}', 'spec: {}', 'spec:\n', 'spec: { pools: [{ name: work, count: 2 }] }']) {
      await profiles.save({ name: 'begun', text }, { replace: true });
    }
    expect(await profiles.list()).toMatchObject([{ name: 'begun', machines: 2, description: '' }]);
  });

  it.each([
    { text: 'spec: { cpus: 2 }', says: ['spec.unknown_key spec.cpus'] },
    { text: 'spec: { release: 7 }', says: ['spec.wrong_value spec.release'] },
    { text: 'kind: Secret\nspec: {}', says: ['spec.wrong_value kind'] },
    { text: 'spec: [1]', says: ['spec.wrong_value spec'] },
    { text: 'metadata: x', says: ['spec.wrong_value metadata'] },
    { text: 'just words', says: ['spec.wrong_value the document'] },
    { text: '', says: ['spec.wrong_value the document'] },
    { text: 'a: [1', says: ['spec.unreadable'] },
    {
      text: 'a: &a [x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c]',
      says: ['spec.unreadable'],
    },
  ])('refuses $text, and keeps nothing', async ({ text, says }) => {
    const profiles = opened();
    expect(await problemsOf(profiles.save({ name: 'small', text }, anew))).toEqual(says);
    expect(await profiles.list()).toEqual([]);
  });

  it('has a name that a cluster could have', async () => {
    const profiles = opened();
    expect(await problemsOf(profiles.save({ name: '../Small', text: spec }, anew))).toEqual([
      'spec.wrong_value metadata.name',
    ]);
  });

  it('is replaced only when that is asked for, and keeps its description then', async () => {
    const profiles = opened();
    await profiles.save({ name: 'small', description: 'One of each', text: spec }, anew);
    expect(await codeOf(profiles.save({ name: 'small', text: 'spec: {}' }, anew))).toBe('profile.exists');
    expect(await profiles.save({ name: 'small', text: 'spec: {}' }, { replace: true })).toMatchObject({
      description: 'One of each',
      machines: 0,
    });
  });

  it('comes back whole from the file that it was exported to', async () => {
    const profiles = opened();
    await profiles.save({ name: 'small', description: 'One of each', text: spec }, anew);
    const before = await profiles.get('small');
    const { fileName, text } = await profiles.export('small');
    expect([fileName, parse(text)]).toMatchObject([
      'small.profile.yaml',
      { kind: 'Profile', metadata: { name: 'small' } },
    ]);
    await profiles.remove('small');
    await profiles.import(text, anew);
    const { createdAt: _a, updatedAt: _b, ...kept } = before;
    expect(await profiles.get('small')).toMatchObject(kept);
    expect(await problemsOf(profiles.import(spec, anew))).toContain('spec.wrong_value kind');
  });

  it('that is not there is named with those that are', async () => {
    const profiles = opened();
    await profiles.save({ name: 'small', text: spec }, anew);
    const codes = [profiles.get('big'), profiles.remove('big'), profiles.export('big')].map(codeOf);
    expect(await Promise.all(codes)).toEqual(Array(3).fill('profile.unknown'));
    await expect(profiles.get('big')).rejects.toMatchObject({
      data: { hint: expect.stringContaining('There are: small') },
    });
  });
});
