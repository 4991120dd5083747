import { describe, expect, it } from 'vitest';
import { objectsOf, refOf, titleOf } from '#main/cluster/addons/manifest.ts';
import { userManifest } from '#main/cluster/addons/user-manifest.ts';
import { SlipwayError } from '#shared/errors/define.ts';

const named = (kind: string, name: string) => `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n`;
const paramsOf = (name: string, text: string) => {
  try {
    userManifest([{ name, text }]);
  } catch (error) {
    if (error instanceof SlipwayError) return { code: error.code, ...error.data.params };
  }
  return undefined;
};

describe('userManifest', () => {
  it('finds every object of every document, in order, and the items of a List', () => {
    const list = 'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: c}}\n';
    const text = `# a comment\n---\n${named('ConfigMap', 'a')}--- # two\n${named('Service', 'b')}---\n---\n${list}`;
    const manifest = userManifest([{ name: 'one', text }]);
    expect(objectsOf(manifest).map((object) => titleOf(refOf(object)))).toEqual([
      'ConfigMap a',
      'Service b',
      'Secret c',
    ]);
  });

  it('gives kubectl the very text that the person wrote', () => {
    const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  mode: 0644 # octal to kubectl\n';
    expect(userManifest([{ name: 'one', text }]).documents[0]?.text).toBe(text);
  });

  it('names add-on, document and line of a text that is no YAML', () => {
    expect(paramsOf('shop', `${named('ConfigMap', 'a')}---\nkind: [\nmetadata: x\n`)).toMatchObject({
      code: 'addon.yaml_invalid',
      addon: 'shop',
      document: 2,
    });
  });

  it.each([
    { text: 'kind: ConfigMap\nmetadata: {name: a}', missing: 'apiVersion' },
    { text: 'apiVersion: v1\nmetadata: {name: a}', missing: 'kind' },
    { text: 'apiVersion: v1\nkind: Pod\nmetadata: {generateName: a-}', missing: 'metadata.name' },
    { text: '<html>404 not found</html>', missing: 'fields at all' },
  ])('refuses a document without $missing', ({ text, missing }) => {
    expect(paramsOf('shop', text)).toMatchObject({ code: 'addon.not_an_object', addon: 'shop', missing });
  });

  it('refuses the same object in two add-ons, naming both', () => {
    const text = named('ConfigMap', 'a');
    const both = () =>
      userManifest([
        { name: 'one', text },
        { name: 'two', text },
      ]);
    expect(both).toThrow('ConfigMap a is in add-on one and again in add-on two.');
  });
});
