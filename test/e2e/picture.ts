import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from '@playwright/test';

const folder = fileURLToPath(new URL('../../docs/screenshots', import.meta.url));

/**
 * A picture for the documentation. Only `npm run screenshots` makes them: any other run leaves the tree as it is.
 * @param at what is to be seen of a long page; its beginning when left out.
 */
export async function picture(page: Page, name: string, at?: Locator): Promise<void> {
  if (process.env['SLIPWAY_SCREENSHOTS'] === undefined) return;
  await (at ? at.evaluate((element) => element.scrollIntoView()) : page.evaluate('scrollTo(0, 0)'));
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled', caret: 'hide' });
}
