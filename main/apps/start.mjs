// Starts a program of ours on whatever Node the system has. Slipway is TypeScript that Node 24 runs as it is; on an older
// one this starts it again on the Node of our own dependencies. No imports from node_modules here.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const needed = 24;

/** @param {URL} main the program's own file */
export async function start(main) {
  if (Number.parseInt(process.versions.node, 10) >= needed) {
    // From the second start on no TypeScript is read: a third of the time and 20 MB less. Not in the system's folder for
    // temporary files, where somebody else could put code for us to run. A folder that cannot be written is no fault.
    module.enableCompileCache?.(
      join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'slipway', 'compiled'),
    );
    await import(main.href);
    return;
  }
  const node = findNode(dirname(fileURLToPath(import.meta.url)));
  if (node === undefined) {
    console.error(
      `Slipway needs Node ${needed} or newer; this is ${process.versions.node}.\n` +
        `  → Install Node ${needed}, or run "npm ci" in Slipway's folder, which brings one along.`,
    );
    process.exit(70);
  }
  const child = spawn(node, [fileURLToPath(main), ...process.argv.slice(2)], { stdio: 'inherit' });
  // Ctrl-C reaches the child through the terminal by itself; we only have to outlive it.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGHUP', () => child.kill('SIGHUP'));
  child.on('error', (error) => {
    console.error(`${node} cannot be started: ${error.message}`);
    process.exit(70);
  });
  child.on('close', (code, signal) => process.exit(code ?? (signal === 'SIGKILL' ? 137 : 70)));
}

/** The `node` package in the nearest node_modules, as npm would find it. */
function findNode(from) {
  const candidate = join(from, 'node_modules', 'node', 'bin', 'node');
  if (existsSync(candidate)) return candidate;
  const parent = dirname(from);
  return parent === from ? undefined : findNode(parent);
}
