import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from './web-host-for-test.ts';

const program = new URL('../../../main/apps/web/slipway-web.mjs', import.meta.url).pathname;

function slipwayWeb(home: string, ...argv: readonly string[]) {
  const child = spawn(process.execPath, [program, '--home', home, '--no-open', ...argv], { stdio: 'pipe' });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk) => (said.out += String(chunk)));
  child.stderr.on('data', (chunk) => (said.err += String(chunk)));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, said, ended };
}

const address = /http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}/;

describe('slipway-web', () => {
  it('prints an address, prints it again for who calls it twice, and ends in order', async () => {
    const home = await temporaryFolder();
    const first = slipwayWeb(home);
    await expect.poll(() => first.said.out, { timeout: 30_000 }).toMatch(address);
    const [url = ''] = address.exec(first.said.out) ?? [];
    expect((await fetch(`${new URL(url).origin}/api/send`, { method: 'POST' })).status).toBe(401);

    const second = slipwayWeb(home);
    expect(await second.ended).toBe(6);
    expect(second.said.out).toContain(url);

    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    expect(first.said.out).toContain('Runs are left as they are.');
    expect(statSync(join(home, 'web.json'), { throwIfNoEntry: false })).toBeUndefined();
  });

  it('is not in the way after it was killed', async () => {
    const home = await temporaryFolder();
    const killed = slipwayWeb(home);
    await expect.poll(() => killed.said.out, { timeout: 30_000 }).toMatch(address);
    killed.child.kill('SIGKILL');
    await killed.ended;
    const next = slipwayWeb(home);
    await expect.poll(() => next.said.out, { timeout: 30_000 }).toMatch(address);
    next.child.kill('SIGINT');
    expect(await next.ended).toBe(0);
  });

  it('refuses to listen for other computers', async () => {
    const { ended, said } = slipwayWeb(await temporaryFolder(), '--host', '0.0.0.0');
    expect(await ended).toBe(2);
    expect(said.err).toContain('--host');
  });
});
