import { describe, expect, it } from 'vitest';
import { outcomeOfPlaywright } from '#test/scripts/playwright-report.ts';

interface TestReport {
  readonly status: string;
  readonly annotations?: readonly { readonly type: string; readonly description?: string }[];
  readonly errors?: readonly { readonly message: string }[];
}

function report(tests: Readonly<Record<string, TestReport>>, errors: readonly { readonly message: string }[] = []) {
  const specs = Object.entries(tests).map(([title, { status, annotations = [], errors: own = [] }]) => ({
    title,
    tests: [{ status, annotations, results: [{ errors: own }] }],
  }));
  return JSON.stringify({ suites: [{ title: 'a.spec.ts', suites: [{ title: 'a group', specs }] }], errors });
}

describe('the count of a Playwright report', () => {
  it('adds up, with the reasons of what was skipped', () => {
    const text = report({
      good: { status: 'expected' },
      bad: { status: 'unexpected', errors: [{ message: 'expected 1 to be 2' }] },
      left: { status: 'skipped', annotations: [{ type: 'skip', description: 'no Electron here' }] },
    });
    expect(outcomeOfPlaywright(text, 1)).toEqual({
      passed: 1,
      failed: 1,
      skipped: ['a.spec.ts › a group › left: no Electron here'],
      failures: [{ name: 'a.spec.ts › a group › bad', text: 'expected 1 to be 2' }],
    });
  });

  it('counts as failed what was never run, and what passed at the second attempt only', () => {
    const text = report({ never: { status: 'skipped' }, lucky: { status: 'flaky' } });
    expect(outcomeOfPlaywright(text, 0)).toMatchObject({ passed: 0, failed: 2, skipped: [] });
  });

  it('counts what goes wrong outside of tests', () => {
    const text = report({ good: { status: 'expected' } }, [{ message: 'the global setup failed' }]);
    expect(outcomeOfPlaywright(text, 1)).toMatchObject({
      passed: 1,
      failed: 1,
      failures: [{ name: '(the whole suite)', text: 'the global setup failed' }],
    });
  });

  it.each([
    { text: undefined, exitCode: 0, why: 'left no report' },
    { text: '{"suites": [', exitCode: 0, why: 'left half a report' },
    { text: report({}), exitCode: 0, why: 'ran no test' },
    { text: report({ good: { status: 'expected' } }), exitCode: 1, why: 'failed without a failed test' },
    { text: report({ good: { status: 'expected' } }), exitCode: '"stopped"', why: 'was ended from outside' },
  ])('is one failure when the runner $why', ({ text, exitCode }) => {
    expect(outcomeOfPlaywright(text, exitCode).failed).toBe(1);
  });
});
