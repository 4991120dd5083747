// npm test [-- suite …]: runs all suites, or those named, and ends with one line: N passed, N failed.
// --fast: what `npm run check` runs.
import { mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { failedWhole, lastLine } from './report.ts';
import type { Outcome } from './report.ts';
import { runLogged, runSuite } from './run-suite.ts';
import { sideBySide } from './side-by-side.ts';
import { labBuild, resultsFolder, suites } from './suites.ts';
import type { Suite } from './suites.ts';

const failureLines = 25;
const cores = 2;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { fast: { type: 'boolean' } } });
const unknown = positionals.filter((name) => !suites.some((suite) => suite.name === name));
if (unknown.length > 0) {
  console.error(`There is no suite ${unknown.join(', ')}. Suites: ${suites.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
const chosen = suites.filter(
  ({ name, fast }) => (positionals.length === 0 || positionals.includes(name)) && (values.fast !== true || fast),
);

const stopped = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    console.log('Stopping …');
    stopped.abort();
  });
}

await mkdir(resultsFolder, { recursive: true });
const outcomes = new Map<Suite, Outcome>();
await sideBySide(
  chosen.filter(({ lab }) => !lab),
  cores,
  runAndRecord,
);
const onMachines = chosen.filter(({ lab }) => lab);
if (onMachines.length > 0 && !stopped.signal.aborted) {
  const fault = await buildLab();
  if (fault === undefined) await sideBySide(onMachines, cores, runAndRecord);
  else for (const suite of onMachines) record(suite, failedWhole(`The lab could not be built.\n${fault}`), 0);
}
for (const suite of chosen) if (!outcomes.has(suite)) outcomes.set(suite, failedWhole('was not run'));

for (const [suite, { failures }] of outcomes) for (const failure of failures) printFailure(suite, failure);
for (const [{ name }, { skipped }] of outcomes) for (const test of skipped) console.log(`skipped: ${name}: ${test}`);
console.log(lastLine([...outcomes.values()]));
process.exitCode = [...outcomes.values()].every(({ failed }) => failed === 0) ? 0 : 1;

async function runAndRecord(suite: Suite): Promise<void> {
  if (stopped.signal.aborted) return;
  const startedAt = performance.now();
  record(suite, await runSuite(suite, stopped.signal), performance.now() - startedAt);
}

function record(suite: Suite, outcome: Outcome, elapsedMs: number): void {
  outcomes.set(suite, outcome);
  const { passed, failed, skipped } = outcome;
  const parts = [`${String(passed)} passed`];
  if (failed > 0) parts.push(`${String(failed)} failed`);
  if (skipped.length > 0) parts.push(`${String(skipped.length)} skipped`);
  const seconds = `${(elapsedMs / 1000).toFixed(1)} s`;
  console.log(`${failed > 0 ? '✖' : '✔'} ${suite.name.padEnd(14)}${parts.join(', ')}  (${seconds})`);
}

/** @returns its last lines when it failed. */
async function buildLab(): Promise<string | undefined> {
  const showMs = 15_000;
  let shownAt = performance.now();
  const show = (line: string) => {
    if (performance.now() - shownAt < showMs) return; // with a warm cache it is over before anybody wonders
    shownAt = performance.now();
    console.log(`  building the lab: ${line.trim()}`);
  };
  const { ended, tail } = await runLogged('lab-build', labBuild.argv, labBuild.withinMinutes, stopped.signal, show);
  return ended === 0 ? undefined : `ended with ${String(ended)}\n${tail}`;
}

function printFailure({ name }: Suite, failure: Outcome['failures'][number]): void {
  const lines = failure.text.trim().split('\n');
  const left = lines.length - failureLines;
  console.log(`\n✖ ${name}: ${failure.name}`);
  // The end of a command's output says what was wrong, the beginning of a test's message does.
  const part =
    failure.name.startsWith('(') || failure.name === 'its last lines'
      ? lines.slice(-failureLines)
      : lines.slice(0, failureLines);
  for (const line of part) console.log(`  ${line}`);
  if (left > 0) console.log(`  … ${String(left)} more lines in ${resultsFolder}/${name.replaceAll(' ', '-')}.log`);
}
