import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

/** Vitest's JSON report does not say why a test was skipped; this one says nothing else. */
class SkipReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const file = process.env['SLIPWAY_SKIP_FILE'];
    if (file === undefined) return;
    const notes = modules.flatMap((module) =>
      [...module.children.allTests('skipped')].map((test) => {
        const result = test.result();
        const reason = result.state === 'skipped' ? result.note : undefined;
        // The same name as in the JSON report.
        return [test.fullName.replaceAll(' > ', ' '), reason ?? test.options.mode];
      }),
    );
    writeFileSync(file, JSON.stringify(Object.fromEntries(notes)));
  }
}

// Vitest asks for the default export of a reporter file.
export default SkipReporter; // eslint-disable-line no-restricted-syntax
