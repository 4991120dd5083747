import { describe, expect, it } from 'vitest';
import { lastLine, outcomeOfCheck, outcomeOfVitest } from '#test/scripts/report.ts';

function report(
  files: readonly { readonly status: string; readonly tests: readonly string[]; readonly message?: string }[],
) {
  const testResults = files.map(({ status, tests, message = '' }, at) => ({
    name: `file-${String(at)}.test.ts`,
    status,
    message,
    assertionResults: tests.map((test, index) => ({
      fullName: `test ${String(index)}`,
      status: test,
      failureMessages: test === 'failed' ? ['expected 1 to be 2'] : [],
    })),
  }));
  return JSON.stringify({ testResults });
}

describe('the count of a vitest report', () => {
  it('adds up all files', () => {
    const text = report([
      { status: 'passed', tests: ['passed', 'passed', 'skipped'] },
      { status: 'failed', tests: ['failed', 'passed'] },
    ]);
    expect(outcomeOfVitest(text, 1, { 'test 2': 'needs root' })).toEqual({
      passed: 3,
      failed: 1,
      skipped: ['test 2: needs root'],
      failures: [{ name: 'test 0', text: 'expected 1 to be 2' }],
    });
  });

  it('counts a file that could not be loaded as one failure', () => {
    const text = report([{ status: 'failed', tests: [], message: 'SyntaxError' }]);
    expect(outcomeOfVitest(text, 1)).toMatchObject({
      failed: 1,
      failures: [{ name: 'file-0.test.ts', text: 'SyntaxError' }],
    });
  });

  it.each([
    { text: undefined, exitCode: 0, why: 'left no report' },
    { text: '{"testResults": [', exitCode: 0, why: 'left half a report' },
    { text: report([]), exitCode: 0, why: 'ran no test' },
    { text: report([{ status: 'passed', tests: ['passed'] }]), exitCode: 1, why: 'failed without a failed test' },
    { text: report([{ status: 'passed', tests: ['passed'] }]), exitCode: '"stopped"', why: 'was ended from outside' },
  ])('is one failure when the runner $why', ({ text, exitCode }) => {
    expect(outcomeOfVitest(text, exitCode).failed).toBe(1);
  });
});

describe('the last line', () => {
  it('names skipped tests only where there are some', () => {
    const good = outcomeOfCheck(0, '');
    const bad = outcomeOfCheck(2, 'error TS2345');
    expect(lastLine([good, good, bad])).toBe('2 passed, 1 failed');
    expect(lastLine([good, { ...good, skipped: ['x'] }])).toBe('2 passed, 0 failed, 1 skipped');
  });
});
