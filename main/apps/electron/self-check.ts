import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contractVersion } from '#shared/contract/index.ts';
import { desktopErrors } from '#shared/errors/desktop.ts';
import { nodeHost } from '../node-host.ts';
import { readStaticFiles } from '../static-files.ts';
import { openDesktopHost } from './desktop-host.ts';

export interface CheckedParts {
  /** Folders and files of the application itself. */
  readonly renderer: string;
  readonly preload: string;
  readonly productVersion: string;
}

/**
 * Whether this application has all that it needs: pages, preload, the inventory's database and the keychain's module,
 * tried in a folder of their own. Answers lines for a person. @throws what is missing
 */
export async function selfCheck({ renderer, preload, productVersion }: CheckedParts): Promise<readonly string[]> {
  const files = await readStaticFiles(renderer);
  if (!files.has('/')) throw desktopErrors.no_pages({ folder: renderer });
  await access(preload);
  const home = await mkdtemp(join(tmpdir(), 'slipway-self-check-'));
  try {
    const host = await openDesktopHost({
      ...nodeHost(),
      home,
      env: {},
      label: 'self-check',
      folder: home,
      kubeconfigPath: join(home, 'kubeconfig'),
      productVersion,
      log: () => undefined,
      files: undefined,
    });
    await host.client.call('clusters.list', {});
    await host.close();
  } finally {
    await rm(home, { recursive: true, force: true });
  }
  return [
    `Slipway ${productVersion}, contract ${contractVersion}`,
    `pages: ${files.size - 1} files`,
    'inventory: opened, asked and closed',
    `keychain: ${await keychain()}`,
  ];
}

/** The module has to be there; the system's library that it needs may be missing, then a passphrase file is used. */
async function keychain(): Promise<string> {
  try {
    await import('keytar');
    return 'module loaded';
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_DLOPEN_FAILED') {
      return `module found, not usable here: ${thrown.message.split('\n', 1).join()}`;
    }
    throw thrown;
  }
}
