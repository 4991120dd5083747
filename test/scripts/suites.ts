import { join } from 'node:path';

/** One row of what `npm test` runs. */
export interface Suite {
  readonly name: string;
  /** `check`: one test that passes when the command ends well. The others are counted from their own JSON reports. */
  readonly kind: 'check' | 'vitest' | 'playwright';
  readonly argv: readonly string[];
  /** Part of `npm run check`. */
  readonly fast: boolean;
  /** Needs built lab artefacts. */
  readonly lab: boolean;
  /** How many of two cores it keeps busy: suites that fit run side by side, machines are not slowed down by others. */
  readonly cores: 1 | 2;
  /** After that many minutes it is ended and has failed. */
  readonly withinMinutes: number;
}

export const resultsFolder = 'test-results';

export function reportFile(name: string): string {
  return join(resultsFolder, `${name}.json`);
}

export function skipFile(name: string): string {
  return join(resultsFolder, `${name}.skipped.json`);
}

/** In the order in which they start: the longest of the fast ones first, so that two cores end together. */
export const suites: readonly Suite[] = [
  vitest('unit', { fast: true, withinMinutes: 10 }),
  check('lint', ['npm', 'run', '--silent', 'lint']),
  vitest('component', { withinMinutes: 10 }),
  check('types', ['npm', 'run', '--silent', 'types']),
  { ...check('types of the renderer', ['npm', 'run', '--silent', 'types:renderer']), fast: false },
  vitest('contract', { withinMinutes: 5 }),
  vitest('architecture', { fast: true, withinMinutes: 3 }),
  { ...check('format', ['prettier', '--check', '--log-level', 'warn', '.']), fast: false },
  check('unused code', ['npm', 'run', '--silent', 'unused']),
  vitest('kill', { withinMinutes: 10 }),
  vitest('electron', { withinMinutes: 5 }),
  vitest('keychain', { withinMinutes: 5 }),
  vitest('vsphere', { lab: true, cores: 2, withinMinutes: 10 }),
  playwright('browser', { withinMinutes: 10 }),
  playwright('desktop', { withinMinutes: 10 }),
  // Each waits for its own machines half of the time.
  vitest('machine', { lab: true, withinMinutes: 20 }),
  { ...playwright('browser-lab', { withinMinutes: 30 }), cores: 1 },
  vitest('lab', { lab: true, cores: 2, withinMinutes: 60 }),
];

/** What the lab suites need first. With a warm cache it ends at once; cold it builds Kubernetes. */
export const labBuild = { argv: ['node', 'test/lab/cli.ts', 'build'], withinMinutes: 40 } as const;

function check(name: string, argv: readonly string[]): Suite {
  return { name, kind: 'check', argv, fast: true, lab: false, cores: 1, withinMinutes: 15 };
}

/** A project of test/config/vitest.config.ts of the same name. */
function vitest(name: string, options: { fast?: boolean; lab?: boolean; cores?: 2; withinMinutes: number }): Suite {
  const reporters = ['default', 'json', './test/scripts/skip-reporter.ts'].map((reporter) => `--reporter=${reporter}`);
  const report = `--outputFile.json=${reportFile(name)}`;
  const argv = ['vitest', 'run', '-c', 'test/config/vitest.config.ts', '--project', name, ...reporters, report];
  return { name, kind: 'vitest', argv, fast: false, lab: false, cores: 1, ...options };
}

/** A project of test/config/playwright.config.ts of the same name. Its vCenter is a lab artefact. */
function playwright(name: string, options: { withinMinutes: number }): Suite {
  const argv = ['playwright', 'test', '-c', 'test/config/playwright.config.ts', '--project', name];
  return { name, kind: 'playwright', argv, fast: false, lab: true, cores: 2, ...options };
}
