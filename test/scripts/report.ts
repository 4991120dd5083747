import * as v from 'valibot';

/** What one suite contributes to the last line. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  /** Full names with the reason where the runner tells it. */
  readonly skipped: readonly string[];
  /** One entry per failure: its name and what the runner says about it. */
  readonly failures: readonly { readonly name: string; readonly text: string }[];
}

const Report = v.object({
  testResults: v.array(
    v.object({
      name: v.string(),
      status: v.string(),
      message: v.optional(v.string(), ''),
      assertionResults: v.array(
        v.object({
          fullName: v.string(),
          status: v.string(),
          failureMessages: v.optional(v.nullable(v.array(v.string())), []),
        }),
      ),
    }),
  ),
});

/**
 * Counts vitest's JSON report (the format of Jest's).
 * @param text the report file, `undefined` when the runner left none.
 * @param reasons why tests were skipped, by full name.
 * @param exitCode of the runner: it also fails without a failed test, by an unhandled error for example.
 */
export function outcomeOfVitest(
  text: string | undefined,
  exitCode: number | string,
  reasons: Readonly<Record<string, string>> = {},
): Outcome {
  const report = parse(text);
  if (!report) return failedWhole(`gave no report and ended with ${String(exitCode)}`);
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  const failures = report.testResults.flatMap((file) => {
    const failed = file.assertionResults.filter(({ status }) => status === 'failed');
    // A file that cannot be loaded, or whose beforeAll failed, has no failed test and has failed all the same.
    if (file.status === 'failed' && failed.length === 0) return [{ name: file.name, text: file.message }];
    return failed.map((test) => ({ name: test.fullName, text: (test.failureMessages ?? []).join('\n') }));
  });
  const passed = tests.filter(({ status }) => status === 'passed').length;
  const skipped = tests
    .filter(({ status }) => !['passed', 'failed'].includes(status))
    .map(({ fullName }) => `${fullName}: ${reasons[fullName] ?? 'no reason given'}`);
  if (failures.length === 0 && exitCode !== 0) {
    const whole = failedWhole(`ended with ${String(exitCode)} although no test failed`);
    return { ...whole, passed, skipped };
  }
  if (tests.length === 0 && failures.length === 0) return failedWhole('ran no test at all');
  return { passed, failed: failures.length, skipped, failures };
}

export function outcomeOfCheck(exitCode: number | string, output: string): Outcome {
  if (exitCode === 0) return { passed: 1, failed: 0, skipped: [], failures: [] };
  return failedWhole(`ended with ${String(exitCode)}\n${output}`);
}

export function failedWhole(text: string): Outcome {
  return { passed: 0, failed: 1, skipped: [], failures: [{ name: '(the whole suite)', text }] };
}

/** The last line of `npm test`. */
export function lastLine(outcomes: readonly Outcome[]): string {
  const sum = (count: (outcome: Outcome) => number) => outcomes.reduce((total, outcome) => total + count(outcome), 0);
  const skipped = sum((outcome) => outcome.skipped.length);
  const counts = `${String(sum(({ passed }) => passed))} passed, ${String(sum(({ failed }) => failed))} failed`;
  return skipped === 0 ? counts : `${counts}, ${String(skipped)} skipped`;
}

/** What the skip reporter wrote. */
export function skipReasons(text: string | undefined): Readonly<Record<string, string>> {
  return text === undefined ? {} : v.parse(v.record(v.string(), v.string()), JSON.parse(text));
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
