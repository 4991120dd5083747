import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { findRelease } from '#main/cluster/releases/catalogue.ts';
import { checkSpec } from '#main/cluster/spec/check-spec.ts';
import { parseSpec } from '#main/cluster/spec/parse-spec.ts';

const text = await readFile(new URL('../../../../docs/cluster-spec.md', import.meta.url), 'utf8');
const examples = [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, yaml = '']) => yaml);

describe('docs/cluster-spec.md', () => {
  it.each(examples)('has only examples without problems', (example) => {
    expect(checkSpec(parseSpec(example), findRelease('v1.36.3'))).toEqual({ errors: [], warnings: [] });
  });

  it('has an example of given machines and one of machines to be made', () => {
    expect(examples.map((example) => parseSpec(example).spec.pools.length > 0)).toEqual([false, true]);
  });
});
