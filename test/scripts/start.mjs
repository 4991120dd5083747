// Makes a bare clone ready and hands over to Node 24: node test/scripts/start.mjs [--npm-only] <script.ts> [arguments]
// Runs on the system's own Node (20 or newer), before anything is installed: no imports from node_modules.
import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { canInstall, labRequirements, missingOf, npmRequirements, systemName } from './requirements.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const bin = join(root, 'node_modules', '.bin');
const logFile = join(root, 'test-results', 'setup.log');

async function main() {
  const all = process.argv.slice(2);
  const npmOnly = all[0] === '--npm-only';
  const [script, ...rest] = npmOnly ? all.slice(1) : all;
  if (script === undefined) fail('Which script? node test/scripts/start.mjs [--npm-only] <script.ts> [arguments]');
  const npmReady = packagesReady();
  // What is missing is named before anything is changed.
  if (!npmOnly && process.getuid?.() !== 0) needsRoot(npmReady);
  await installMissing([...(npmReady ? [] : npmRequirements), ...(npmOnly ? [] : labRequirements)]);
  if (!npmReady) await installPackages();
  process.exitCode = await handOver(script, rest);
}

/** @param {readonly import('./requirements.mjs').Requirement[]} requirements */
async function installMissing(requirements) {
  const missing = missingOf(requirements);
  if (missing.length === 0) return;
  const byHand = canInstall() ? missing.filter(({ apt }) => apt === undefined) : missing;
  if (byHand.length > 0) {
    const lines = byHand.map(
      ({ name, apt, why }) => `  ${apt ?? name}${apt && apt !== name ? ` (${name})` : ''}: for ${why}`,
    );
    const because = canInstall()
      ? ''
      : ` They are installed by themselves only as root on Debian; this is ${systemName()}.`;
    fail(`Missing on this computer, please install:\n${lines.join('\n')}\n${because}`.trimEnd());
  }
  const packages = [...new Set(missing.map(({ apt }) => apt))].sort();
  // RUNLEVEL: a package must not start its daemon on a computer whose owner only wanted to run tests.
  const apt = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  await step('Refreshing the package lists', ['apt-get', 'update', '-q'], apt);
  await step(
    `Installing ${packages.join(' ')}`,
    ['apt-get', 'install', '-qy', '--no-install-recommends', ...packages],
    apt,
  );
  const still = missingOf(requirements);
  if (still.length > 0) fail(`Still missing after the installation: ${still.map(({ name }) => name).join(', ')}`);
}

/** @returns {never} */
function needsRoot(npmReady) {
  const missing = missingOf([...(npmReady ? [] : npmRequirements), ...labRequirements]);
  const names = missing.map(({ name, apt }) => apt ?? name);
  const also =
    names.length === 0 ? '' : `\nBesides, this is missing on this computer: ${[...new Set(names)].join(', ')}.`;
  fail(`The lab runs containers that are whole machines with their own Docker: run this as root.${also}`);
}

/** Whether node_modules holds what the lock file says, and the native parts are there. */
function packagesReady() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed) || !existsSync(join(bin, 'node'))) return false;
  if (!existsSync(join(root, 'node_modules', 'keytar', 'build', 'Release', 'keytar.node'))) return false;
  const have = JSON.parse(readFileSync(installed, 'utf8')).packages;
  const want = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  // Optional ones are for other systems or not obtainable everywhere.
  return Object.entries(want).every(
    ([path, { version, optional }]) => path === '' || optional === true || have[path]?.version === version,
  );
}

async function installPackages() {
  // keytar's prebuilt file comes from a host that many networks do not reach: compile at once, with the headers of
  // the running Node where they are there (N-API: the same for every Node).
  const prefix = join(process.execPath, '..', '..');
  const headers = existsSync(join(prefix, 'include', 'node', 'node_api.h')) ? { npm_config_nodedir: prefix } : {};
  await step('Installing npm packages (npm ci)', ['npm', 'ci'], { npm_config_build_from_source: 'keytar', ...headers });
  if (!packagesReady()) fail(`npm ci ended well but node_modules is not complete. See ${logFile}`);
}

/**
 * Runs one command with its output in the log file and a sign of life every ten seconds.
 * @param {string} title
 * @param {readonly string[]} command
 * @param {Record<string, string>} env
 */
async function step(title, [program, ...args], env) {
  const startedAt = Date.now();
  const seconds = () => `${String(Math.round((Date.now() - startedAt) / 1000))} s`;
  console.log(`${title} …`);
  mkdirSync(join(logFile, '..'), { recursive: true });
  const log = createWriteStream(logFile, { flags: 'a' });
  // Our own node_modules/.bin would offer a Node that npm ci is about to delete.
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.endsWith('node_modules/.bin'));
  const child = spawn(program, args, {
    cwd: root,
    env: { ...process.env, ...env, PATH: path.join(delimiter) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let tail = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      log.write(chunk);
      tail = (tail + String(chunk)).slice(-3000);
    });
  }
  const alive = setInterval(
    () => console.log(`  still at it, ${seconds()}: ${tail.trim().split('\n').at(-1) ?? ''}`),
    10_000,
  );
  const code = await ended(child);
  clearInterval(alive);
  log.end();
  if (code !== 0)
    fail(`${tail}\n${title}: ended with code ${String(code)} after ${seconds()}. Whole output: ${logFile}`);
  console.log(`  done in ${seconds()}`);
}

/** Runs the script on Node 24 with our terminal, passes signals on and answers its exit code. */
async function handOver(script, args) {
  const child = spawn(join(bin, 'node'), [join(root, script), ...args], {
    cwd: root,
    env: { ...process.env, PATH: [bin, process.env.PATH ?? ''].join(delimiter) },
    stdio: 'inherit',
  });
  // Ctrl-C reaches the child through the terminal by itself; we only have to outlive it.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGHUP', () => child.kill('SIGHUP'));
  return await ended(child);
}

/** @returns {Promise<number>} */
function ended(child) {
  return new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(error.message);
      resolve(127);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** @returns {never} */
function fail(text) {
  console.error(text);
  process.exit(1);
}

await main();
