import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import { outcomeOfPlaywright } from './playwright-report.ts';
import { outcomeOfCheck, outcomeOfVitest, skipReasons } from './report.ts';
import type { Outcome } from './report.ts';
import { reportFile, resultsFolder, skipFile } from './suites.ts';
import type { Suite } from './suites.ts';

const killAfterMs = 15_000;
const tailLines = 60;

/** Runs one suite with its output in a file, and counts it. Never throws for what the suite does. */
export async function runSuite(suite: Suite, stop: AbortSignal): Promise<Outcome> {
  await Promise.all([reportFile(suite.name), skipFile(suite.name)].map((file) => rm(file, { force: true }))); // an old report must not stand for a run that gave none
  const { ended, tail } = await runLogged(suite.name, suite.argv, suite.withinMinutes, stop, undefined, {
    SLIPWAY_SKIP_FILE: skipFile(suite.name),
    SLIPWAY_REPORT_FILE: resolve(reportFile(suite.name)),
  });
  if (suite.kind === 'check') return outcomeOfCheck(ended, tail);
  const read = (file: string) => readFile(file, 'utf8').catch(() => undefined);
  const report = await read(reportFile(suite.name));
  const outcome =
    suite.kind === 'playwright'
      ? outcomeOfPlaywright(report, ended)
      : outcomeOfVitest(report, ended, skipReasons(await read(skipFile(suite.name))));
  const isWhole = outcome.failures.some(({ name }) => name === '(the whole suite)');
  return isWhole ? { ...outcome, failures: [...outcome.failures, { name: 'its last lines', text: tail }] } : outcome;
}

export interface Logged {
  /** The exit code, or in words why it did not end by itself. */
  readonly ended: number | string;
  readonly tail: string;
}

/**
 * Runs a command with its output in `test-results/<name>.log`.
 * @param onLine each line as it comes, for those who wait.
 */
export async function runLogged(
  name: string,
  [program = '', ...args]: readonly string[],
  withinMinutes: number,
  stop: AbortSignal,
  onLine: (line: string) => void = () => {},
  env: Readonly<Record<string, string>> = {},
): Promise<Logged> {
  const log = createWriteStream(join(resultsFolder, `${name.replaceAll(' ', '-')}.log`));
  // A group of its own, so that a deadline also ends what the suite has started.
  const child = spawn(program, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env, CI: '1' },
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      log.write(chunk);
      const [last = '', ...whole] = (rest + chunk).split('\n').reverse();
      rest = last;
      for (const line of whole.reverse()) {
        lines.push(line);
        onLine(line);
      }
      lines.splice(0, lines.length - tailLines);
    });
  }
  let reason: string | undefined;
  const kill = (because: string) => {
    reason ??= because;
    killGroup(child.pid, 'SIGTERM');
    setTimeout(() => {
      killGroup(child.pid, 'SIGKILL');
    }, killAfterMs).unref();
  };
  const deadline = setTimeout(() => {
    kill(`"not within ${String(withinMinutes)} minutes"`);
  }, withinMinutes * 60_000);
  const onStop = () => {
    kill('"stopped"');
  };
  stop.addEventListener('abort', onStop, { once: true });
  const code = await new Promise<number | string>((resolve) => {
    child.on('error', (error) => {
      resolve(error.message);
    });
    child.on('close', (exitCode, signal) => {
      resolve(exitCode ?? signal ?? 1);
    });
  });
  clearTimeout(deadline);
  stop.removeEventListener('abort', onStop);
  log.end();
  await finished(log);
  return { ended: reason ?? code, tail: lines.join('\n') };
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // gone already
  }
}
