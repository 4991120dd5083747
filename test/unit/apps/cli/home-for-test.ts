import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openSlipway } from '#main/api/open.ts';
import { runCommandLine } from '#main/apps/cli/run-command-line.ts';
import { nodeHost } from '#main/apps/node-host.ts';
import { fakeWorld, type FakeWorld, type FakeWorldOptions } from './fake-world.ts';

/** A home folder of its own, on which command lines run against the real thing. */
export interface Home {
  readonly folder: string;
  /** Seals its secrets. */
  readonly passphraseFile: string;
  /** Runs one command line; answers the exit code and all that was written. */
  run(argv: readonly string[], options?: FakeWorldOptions): Promise<Ran>;
  /** Every byte of every file in it, and of what was written so far. */
  everything(): Promise<Buffer>;
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** What the person was asked. */
  readonly questions: readonly string[];
  /** Objects of `--json`. */
  readonly json: () => readonly Record<string, unknown>[];
}

export async function temporaryHome(): Promise<Home> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const passphraseFile = `${folder}.passphrase`;
  await writeFile(passphraseFile, 'a passphrase for tests\n', { mode: 0o600 });
  onTestFinished(() => rm(passphraseFile, { force: true }));
  let written = '';

  return {
    folder,
    passphraseFile,
    async run(argv, options = {}) {
      const env = { SLIPWAY_HOME: folder, SLIPWAY_PASSPHRASE_FILE: passphraseFile, ...options.env };
      const fake: FakeWorld = fakeWorld({ ...options, env });
      const world = {
        ...fake,
        open: (open: Parameters<FakeWorld['open']>[0]) => openSlipway({ ...open, ...nodeHost() }),
      };
      const code = await runCommandLine(argv, world);
      const [out, err] = [fake.out(), fake.err()];
      written += out + err;
      const json = () => out.split('\n').flatMap((line) => (line === '' ? [] : [parse(line)]));
      return { code, out, err, questions: fake.questions, json };
    },
    async everything() {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile());
      const contents = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name))));
      return Buffer.concat([...contents, Buffer.from(written)]);
    },
  };
}

const parse = (line: string): Record<string, unknown> => JSON.parse(line) as Record<string, unknown>;
