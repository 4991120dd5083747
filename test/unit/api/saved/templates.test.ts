import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { templatesApi, withInventoryTemplates } from '#main/api/saved/templates.ts';
import { errorData } from '#shared/errors/define.ts';
import { ClusterSpec } from '#shared/spec/cluster.ts';
import { openWorld } from '#test/unit/api/world-for-test.ts';

const small = 'name: small\nsource: { vm: debian-13 }\nnetworks: [{ network: LAN }]\n';

const specWith = (templates: readonly object[], ...names: readonly string[]) =>
  v.parse(ClusterSpec, {
    apiVersion: 'slipway.dev/v1',
    kind: 'Cluster',
    metadata: { name: 'home' },
    spec: {
      vsphere: { credential: 'lab' },
      templates,
      pools: names.map((template, at) => ({ name: `p${String(at)}`, template, count: 1, roles: ['worker'] })),
    },
  });

async function failureOf(promise: Promise<unknown>) {
  try {
    await promise;
  } catch (thrown) {
    return errorData(thrown);
  }
  throw new Error('It did not fail.');
}

describe('adding a node template', () => {
  it('fills in every default', async () => {
    const { world } = openWorld();
    const { template } = await templatesApi(world).add(small, { replace: false });
    expect(template).toMatchObject({
      name: 'small',
      cpus: 2,
      bootMedia: 'iso',
      networks: [{ addresses: { kind: 'dhcp' } }],
    });
    expect(await templatesApi(world).show('small')).toEqual({ template, usedBy: [] });
  });

  it('names every wrong field with its value and remedy, and keeps nothing', async () => {
    const { world } = openWorld();
    const error = await failureOf(
      templatesApi(world).add('name: small\ncpu: 2\nmemoryMiB: much\nnetworks: []\n', { replace: false }),
    );
    expect(error).toMatchObject({ code: 'template.invalid', params: { problems: '4 problems' } });
    expect(error.chain.map(({ code, cause, hint }) => [code, cause, hint])).toEqual(
      expect.arrayContaining([
        ['template.unknown_key', 'cpu is not a key of a node template (value 2).', 'Did you mean "cpus"?'],
        ['template.missing_key', 'source is missing.', 'Add source: it must be given.'],
        ['template.wrong_value', 'memoryMiB is "much": must be a number (without quotes).', expect.anything()],
        ['template.wrong_value', 'networks is []: must name at least one network.', expect.anything()],
      ]),
    );
    expect(await templatesApi(world).list()).toEqual([]);
  });

  it('names what does not fit together, and warns of what works otherwise than one might think', async () => {
    const { world } = openWorld();
    const range = (text: string) =>
      `name: small\nsource: { vm: d }\nnetworks: [{ network: LAN, addresses: { kind: static, ranges: [${text}], prefix: 24 } }]\n`;
    const linked = `${range('10.0.0.9-10.0.0.1')}clone: linked\ndiskGiB: 40\n`;
    const error = await failureOf(templatesApi(world).add(linked, { replace: false }));
    expect(error.code).toBe('template.invalid');
    expect(error.chain.map(({ params }) => params['field'])).toEqual([
      'small.diskGiB',
      'small.networks[0].addresses.ranges[0]',
    ]);
    const added = await templatesApi(world).add(range('10.0.0.1-10.0.0.9'), { replace: false });
    expect(added.warnings).toEqual([
      expect.stringContaining('small.networks[0] has static addresses and no gateway'),
      expect.stringContaining('no nameservers'),
    ]);
  });

  it('does not show what somebody wrote into cloudInit', async () => {
    const { world } = openWorld();
    const text = `${small}cloudInit: "#cloud-config\\npassword: hunter22"\n`;
    const error = await failureOf(templatesApi(world).add(text, { replace: false }));
    expect(error.chain).toHaveLength(1);
    expect(JSON.stringify(error)).not.toContain('hunter22');
  });

  it('says where the text is not YAML', async () => {
    const { world } = openWorld();
    const error = await failureOf(templatesApi(world).add('name: [small\n', { replace: false }));
    expect(error.code).toBe('template.unreadable');
  });
});

describe('a node template', () => {
  it('is not removed while a cluster has a pool of it, which is named', async () => {
    const { world, store } = openWorld();
    const templates = templatesApi(world);
    await templates.add(small, { replace: false });
    store.clusters.create({ spec: specWith([], 'small'), release: 'v1.36.3' });
    expect(await failureOf(templates.remove('small'))).toMatchObject({
      code: 'template.in_use',
      params: { clusters: 'home' },
    });
    expect((await templates.list()).map(({ usedBy }) => usedBy)).toEqual([['home']]);
    store.clusters.remove(store.clusters.get('home').id);
    await templates.remove('small');
    expect(await failureOf(templates.show('small'))).toMatchObject({ code: 'template.unknown' });
  });
});

describe('withInventoryTemplates', () => {
  it('adds what pools name and the spec does not define, and nothing else', async () => {
    const { world, store } = openWorld();
    const templates = templatesApi(world);
    for (const name of ['small', 'large', 'unused']) {
      await templates.add(small.replace('small', name), { replace: false });
    }
    const own = { name: 'large', cpus: 16, source: { vm: 'own' }, networks: [{ network: 'LAN' }] };
    const whole = withInventoryTemplates(specWith([own], 'small', 'large', 'small', 'nobody-knows'), store);
    expect(whole.spec.templates.map(({ name, cpus }) => [name, cpus])).toEqual([
      ['large', 16],
      ['small', 2],
    ]);
    // What was stored whole stays as it is.
    expect(withInventoryTemplates(whole, store)).toBe(whole);
  });
});
