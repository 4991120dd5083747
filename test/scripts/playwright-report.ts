import * as v from 'valibot';
import { failedWhole, type Outcome } from './report.ts';

interface SuiteReport {
  readonly title: string;
  readonly specs?: readonly SpecReport[] | undefined;
  readonly suites?: readonly SuiteReport[] | undefined;
}

const Fault = v.object({ message: v.optional(v.string(), '') });

const SpecReport = v.object({
  title: v.string(),
  tests: v.array(
    v.object({
      status: v.picklist(['expected', 'unexpected', 'flaky', 'skipped']),
      annotations: v.array(v.object({ type: v.string(), description: v.optional(v.string()) })),
      results: v.array(v.object({ errors: v.optional(v.array(Fault), []) })),
    }),
  ),
});
type SpecReport = v.InferOutput<typeof SpecReport>;

const SuiteReport: v.GenericSchema<unknown, SuiteReport> = v.object({
  title: v.string(),
  specs: v.optional(v.array(SpecReport)),
  suites: v.optional(v.lazy(() => v.array(SuiteReport))),
});

const Report = v.object({ suites: v.array(SuiteReport), errors: v.array(Fault) });

/**
 * Counts Playwright's JSON report.
 * @param text the report file, `undefined` when the runner left none.
 * @param exitCode of the runner: it also fails without a failed test, when its global setup does for example.
 */
export function outcomeOfPlaywright(text: string | undefined, exitCode: number | string): Outcome {
  const report = parse(text);
  if (!report) return failedWhole(`gave no report and ended with ${String(exitCode)}`);
  const tests = report.suites.flatMap((suite) => testsOf(suite, []));
  const failures = [
    ...report.errors.map(({ message }) => ({ name: '(the whole suite)', text: message })),
    ...tests.flatMap(({ name, failure }) => (failure === undefined ? [] : [{ name, text: failure }])),
  ];
  const skipped = tests.flatMap(({ name, skipped: reason }) => (reason === undefined ? [] : [`${name}: ${reason}`]));
  const passed = tests.filter((test) => test.failure === undefined && test.skipped === undefined).length;
  if (failures.length === 0 && exitCode !== 0) {
    return { ...failedWhole(`ended with ${String(exitCode)} although no test failed`), passed, skipped };
  }
  if (tests.length === 0 && failures.length === 0) return failedWhole('ran no test at all');
  return { passed, failed: failures.length, skipped, failures };
}

interface Counted {
  readonly name: string;
  /** Why it failed. */
  readonly failure?: string | undefined;
  /** Why it was skipped. */
  readonly skipped?: string | undefined;
}

/** @param above titles of the suites around it: the file's first. */
function testsOf({ title, specs = [], suites = [] }: SuiteReport, above: readonly string[]): readonly Counted[] {
  const path = [...above, title];
  const own = specs.flatMap((spec) => spec.tests.map((test) => counted([...path, spec.title].join(' › '), test)));
  return [...own, ...suites.flatMap((suite) => testsOf(suite, path))];
}

function counted(name: string, { status, annotations, results }: SpecReport['tests'][number]): Counted {
  if (status === 'expected') return { name };
  if (status === 'skipped') {
    const skip = annotations.find(({ type }) => type === 'skip' || type === 'fixme');
    // Playwright also calls skipped what it never came to, after a worker has died for example.
    return skip ? { name, skipped: skip.description ?? 'no reason given' } : { name, failure: 'It was not run.' };
  }
  const text = results.flatMap(({ errors }) => errors.map(({ message }) => message)).join('\n');
  return { name, failure: text === '' ? `It is ${status}.` : text };
}

function parse(text: string | undefined) {
  if (text === undefined) return undefined;
  try {
    const parsed = v.safeParse(Report, JSON.parse(text));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined; // cut off in the middle: as good as none
  }
}
