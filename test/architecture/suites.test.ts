import { execFile } from 'node:child_process';
import { glob } from 'node:fs/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { suites } from '#test/scripts/suites.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

interface Listed {
  readonly file: string;
  readonly projectName: string;
}

describe('npm test', () => {
  it('runs every test file exactly once', { timeout: 60_000 }, async () => {
    const argv = ['list', '--filesOnly', '--json', '-c', 'test/config/vitest.config.ts'];
    const { stdout } = await promisify(execFile)('vitest', argv, { cwd: repository });
    const listed = (JSON.parse(stdout) as readonly Listed[]).map(({ file, projectName }) => ({
      file: relative(repository, file),
      project: projectName,
    }));
    const projects = new Set(listed.map(({ project }) => project));
    const existing = await Array.fromAsync(glob('test/**/*.test.ts', { cwd: repository }));
    expect(listed.map(({ file }) => file).sort()).toEqual(existing.sort());
    expect([...projects].filter((project) => !suites.some(({ name }) => name === project))).toEqual([]);
  });
});
