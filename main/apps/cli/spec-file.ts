import { dirname, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import type { SpecSource } from '#main/api/runs/run-document.ts';
import { cliErrors } from '#shared/errors/cli.ts';
import type { CommandContext, Option } from './command.ts';

export const specFileOption: Option = {
  name: 'file',
  short: 'f',
  value: 'cluster.yaml',
  help: 'The cluster spec, YAML or JSON; "-" reads it from standard input',
};

export interface SpecFile {
  readonly path: string;
  readonly source: SpecSource;
  /** For titles and messages only; whether the spec is right is for the API to say. */
  readonly name: string;
}

/** @throws `cli.missing_option`, `cli.file_unreadable` */
export async function readSpecFile({ world, args, command }: CommandContext): Promise<SpecFile> {
  const path = args.text('file');
  if (path === undefined) {
    throw cliErrors.missing_option({ option: '-f <cluster.yaml>', command, purpose: 'the cluster spec' });
  }
  const text = await world.readText(path);
  const name: unknown = parseDocument(text).getIn(['metadata', 'name']);
  const folder = path === '-' ? resolve('.') : dirname(resolve(path));
  return { path, source: { text, folder }, name: typeof name === 'string' ? name : 'cluster' };
}
