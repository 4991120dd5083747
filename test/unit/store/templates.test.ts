import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { NodeTemplate } from '#shared/spec/node-template.ts';
import { openStore } from './home-for-test.ts';

const template = (name: string, cpus = 2) =>
  v.parse(NodeTemplate, { name, cpus, source: { vm: 'debian-13' }, networks: [{ network: 'LAN' }] });

describe('node templates', () => {
  it('are listed by name and replaced only when asked to', () => {
    const { store } = openStore();
    store.templates.put(template('b'), { replace: false });
    store.templates.put(template('a'), { replace: false });
    expect(store.templates.list().map(({ name }) => name)).toEqual(['a', 'b']);
    expect(() => store.templates.put(template('a', 4), { replace: false })).toThrow(
      expect.objectContaining({ code: 'template.exists' }),
    );
    expect(store.templates.find('a')?.cpus).toBe(2);
    store.templates.put(template('a', 4), { replace: true });
    expect(store.templates.find('a')?.cpus).toBe(4);
    expect([store.templates.remove('a'), store.templates.remove('a')]).toEqual([true, false]);
    expect(store.templates.find('a')).toBeUndefined();
  });

  it('that were stored by an older version get the defaults of newer fields, or the field that does not fit is named', () => {
    const { home, store } = openStore();
    store.templates.put(template('a'), { replace: false });
    const raw = new Sqlite(join(home, 'slipway.db'));
    raw.exec("UPDATE templates SET template = json_remove(template, '$.bootMedia')");
    expect(store.templates.find('a')?.bootMedia).toBe('iso');
    raw.exec("UPDATE templates SET template = json_set(template, '$.cpus', 'many')");
    raw.close();
    expect(() => store.templates.find('a')).toThrow(/node template a .*cpus/);
  });
});
