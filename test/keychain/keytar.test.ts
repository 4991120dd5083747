import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';

/** Real keytar, real libsecret, real gnome-keyring, in a D-Bus session that only this test sees. */
const run = fileURLToPath(new URL('./run.sh', import.meta.url));
const child = fileURLToPath(new URL('./keychain-child.ts', import.meta.url));
const needed = ['gnome-keyring-daemon', 'dbus-run-session', 'dbus-send', 'secret-tool'];

/** What is missing for this test, as apt knows it; '' when nothing is. */
function missing(): string {
  if (process.platform !== 'linux') return 'needs Linux';
  const absent = needed.filter((program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0);
  if (absent.length > 0) return `needs ${absent.join(', ')} (apt: gnome-keyring dbus dbus-bin libsecret-tools)`;
  try {
    createRequire(import.meta.url)('keytar');
    return '';
  } catch {
    return 'keytar does not load (apt: libsecret-1-0)';
  }
}
const reason = missing();

interface Answer {
  readonly id?: string;
  readonly kind?: string;
  readonly value?: string;
  readonly code?: string;
  readonly cause?: string;
  readonly hint?: string;
}

/** Runs a shell script in a session; `$seal` and `$open` are our child, `$home` is the home folder. */
async function inSession(state: 'unlocked' | 'locked' | 'none', home: string, script: string): Promise<string[]> {
  const env = { ...process.env, home, seal: `${process.execPath} ${child} ${home} seal`, open: `${process.execPath} ${child} ${home} open` }; // prettier-ignore
  const { stdout } = await promisify(execFile)(run, [state, 'sh', '-euc', script], { env, timeout: 60_000 });
  return stdout.trim().split('\n');
}

const answer = (line: string | undefined) => JSON.parse(line ?? '{}') as Answer;

function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'slipway-keychain-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  return home;
}

describe('a vault with the keychain of the system', () => {
  beforeEach(({ skip }) => {
    if (reason !== '') skip(reason);
  });

  it('is opened by another process of the same session, with the key that the keychain has', async () => {
    const home = newHome();
    const lines = await inSession(
      'unlocked',
      home,
      `sealed=$($seal); echo "$sealed"
       $open "$(echo "$sealed" | sed 's/.*"value":"\\([^"]*\\)".*/\\1/')"
       secret-tool lookup service slipway account "$(echo "$sealed" | sed 's/.*"id":"\\([^"]*\\)".*/\\1/')"`,
    );
    const [sealed, opened] = [answer(lines[0]), answer(lines[1])];
    expect(sealed.kind).toBe('keychain');
    expect(opened).toEqual({ id: sealed.id, kind: 'keychain', value: 'hunter2' });
    const key = lines[2] ?? '';
    expect(Buffer.from(key, 'base64')).toHaveLength(32);
    expect(readFileSync(join(home, 'vault.json'), 'utf8')).not.toContain(key.slice(0, 16));
  });

  it('is not replaced in a session whose keychain has no such entry', async () => {
    const home = newHome();
    const first = answer((await inSession('unlocked', home, '$seal'))[0]);
    const record = readFileSync(join(home, 'vault.json'), 'utf8');
    const second = answer((await inSession('unlocked', home, `$open ${first.value ?? ''}`))[0]);
    expect(second.code).toBe('secrets.keychain_entry_missing');
    expect(readFileSync(join(home, 'vault.json'), 'utf8')).toBe(record);
  });

  it('is refused while its keychain is locked', async () => {
    const home = newHome();
    const secrets = 'org.freedesktop.secrets /org/freedesktop/secrets org.freedesktop.Secret.Service';
    const lines = await inSession(
      'unlocked',
      home,
      `$seal
       dbus-send --session --print-reply --dest=${secrets}.Lock array:objpath:/org/freedesktop/secrets/collection/login >/dev/null
       $open x`,
    );
    expect(answer(lines[0]).kind).toBe('keychain');
    const refused = answer(lines[1]);
    expect(refused.code).toBe('secrets.keychain_entry_missing');
    expect(refused.hint).toContain('Unlock the keychain');
  });

  it.each(['locked', 'none'] as const)('is not made where the keychain is "%s"; the remedy is named', async (state) => {
    const home = newHome();
    const failed = answer((await inSession(state, home, '$seal'))[0]);
    expect(failed.code).toBe('secrets.no_keychain');
    expect(failed.hint).toContain('SLIPWAY_PASSPHRASE_FILE');
    expect(readdirSync(home)).toEqual([]);
  });

  it('is not made where there is no session bus at all', async () => {
    const home = newHome();
    const env = { PATH: process.env['PATH'], HOME: home, XDG_RUNTIME_DIR: join(home, 'none') };
    const { stdout } = await promisify(execFile)(process.execPath, [child, home, 'seal'], { env });
    expect(answer(stdout)).toMatchObject({ code: 'secrets.no_keychain' });
    expect(readdirSync(home)).toEqual([]);
  });
});
