import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { commonOptions } from '#main/apps/cli/command.ts';
import { commands } from '#main/apps/cli/commands.ts';
import { exitCodes } from '#main/apps/cli/exit-codes.ts';
import { applicationMenu } from '#main/apps/electron/menu.ts';
import { startArguments } from '#main/apps/electron/start-arguments.ts';
import { exitCodes as desktopExitCodes } from '#test/scripts/desktop/exit-codes.ts';
import { ClusterSpec } from '#shared/spec/cluster.ts';

const doc = (name: string) => readFile(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

describe('docs/command-line.md', () => {
  it('names every command and every option', async () => {
    const text = await doc('command-line.md');
    const names = commands.map(({ name }) => `slipway ${name}`);
    const options = [...commands.flatMap((command) => command.options), ...commonOptions].map(
      ({ name }) => `--${name}`,
    );
    expect([...names, ...options].filter((word) => !text.includes(word))).toEqual([]);
  });

  it('has the exit codes as they are', async () => {
    const text = await doc('command-line.md');
    const rows = Object.values(exitCodes).map(({ code, meaning }) => `| ${String(code)} | ${meaning} |`);
    expect(rows.filter((row) => !text.includes(row))).toEqual([]);
  });
});

describe('docs/desktop.md', () => {
  it('has the exit codes, the keys and the self-check as they are', async () => {
    const text = await doc('desktop.md');
    const nothing = (): void => undefined;
    const commands = { go: nothing, show: nothing, cancelRun: nothing, quit: nothing };
    const run = { runId: 'r', clusterName: 'c', operation: 'create', progress: { done: 0, total: 1 } };
    const menu = applicationMenu({ runs: [run], platform: 'linux', developing: false }, commands);
    const keys = menu.flatMap(({ submenu = [] }) => submenu.flatMap(({ accelerator }) => accelerator ?? []));
    const rows = [
      ...Object.values(desktopExitCodes).map((code) => `| ${String(code)} |`),
      ...keys.map((key) => `| ${key.replace('CmdOrCtrl', 'Ctrl')} |`),
    ];
    expect(keys).toHaveLength(6);
    expect(rows.filter((row) => !text.includes(row))).toEqual([]);
    expect(startArguments([/--self-check/.exec(text)?.[0] ?? '']).selfCheck).toBe(true);
  });
});

describe('docs/cluster-spec.md', () => {
  it('names every field of the spec', async () => {
    const text = await doc('cluster-spec.md');
    const words = new Set(text.match(/\w+/g));
    expect(fieldsOf(ClusterSpec).filter((field) => !words.has(field))).toEqual([]);
  });
});

/** Every key of a valibot schema, at any depth. */
function fieldsOf(schema: unknown): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { entries, wrapped, item, options } = schema as Record<string, unknown>;
  const own = typeof entries === 'object' && entries !== null ? Object.entries(entries) : [];
  const below = [...own.map(([, value]) => value), wrapped, item, ...(Array.isArray(options) ? options : [])];
  return [...own.map(([key]) => key), ...below.flatMap(fieldsOf)];
}
