import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';

const folder = fileURLToPath(new URL('../../docs/screenshots', import.meta.url));

/** A picture for the documentation. Only `npm run screenshots` makes them: any other run leaves the tree as it is. */
export async function picture(page: Page, name: string): Promise<void> {
  if (process.env['SLIPWAY_SCREENSHOTS'] === undefined) return;
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled', caret: 'hide' });
}
