import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';

/** What axe finds wrong, one sentence per element. */
export async function violations(page: Page): Promise<readonly string[]> {
  // Legacy: without a page of its own for the end, which Electron cannot open. Ours have no frames.
  const { violations: found } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  return found.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary = '' }) => {
      const why = failureSummary.replaceAll(/\s+/g, ' ');
      return `${id}: ${help}: ${target.join(' ')}: ${why}`;
    }),
  );
}
