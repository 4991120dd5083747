import { machineErrors } from '#shared/errors/machine.ts';
import { quote, runAsRoot } from '../shell.ts';
import type { MachineConnections } from '../ssh/connections.ts';
import { packageManagers, type PackageManager } from './package-managers.ts';

const noManager = 96;

/**
 * Installs what is missing, in one command. The package manager runs detached from the connection: a lost one must
 * not break dpkg in the middle; the next call waits for its lock and goes on.
 * @param onLine each line of the package manager's output.
 * @throws `machine.packages_failed`, `machine.no_package_manager`, `machine.disk_full`, `machine.needs_root`.
 */
export async function installPackages(
  connections: MachineConnections,
  machine: string,
  packages: readonly string[],
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  if (packages.length === 0) return;
  const action = `install ${packages.join(', ')}`;
  const lines: string[] = [];
  const keep = (line: string) => {
    if (line.trim() === '') return;
    if (lines.push(line) > 20) lines.shift();
    onLine(line);
  };
  const run = { action, script: installScript(packages), onLine: keep };
  const { exitCode } = await runAsRoot(connections, machine, run, signal);
  if (exitCode === 0) return;
  const context = { target: machine, lastLines: lines };
  if (exitCode === noManager) throw machineErrors.no_package_manager({ machine }, context);
  if (lines.some((line) => /No space left on device|enough free space/.test(line)))
    throw machineErrors.disk_full({ machine, action }, context);
  throw machineErrors.packages_failed({ machine, packages: packages.join(', '), exitCode }, context);
}

/** Exported for its test. */
export function installScript(packages: readonly string[]): string {
  const choose = Object.values(packageManagers).map(
    (manager) => `if command -v ${manager.command} >/dev/null 2>&1; then\n${withManager(manager)}\nexit\nfi`,
  );
  return [`set -- ${packages.map(quote).join(' ')}`, ...choose, `exit ${noManager}`].join('\n');
}

function withManager(manager: PackageManager): string {
  const detached = [
    ...manager.locks.map(waitForLock),
    manager.repair,
    `${manager.areKnown} || ${manager.refresh}`,
    // Lists can name versions that the mirror no longer has: fresh lists, once.
    `${manager.install} || { ${manager.refresh} && ${manager.install}; }`,
  ].join('\n');
  return [
    `installed() { ${manager.isInstalled}; }`,
    'missing=0; for package in "$@"; do installed "$package" || missing=1; done',
    '[ $missing = 0 ] && exit 0',
    // First boot: cloud-init may still be writing the package sources.
    'command -v cloud-init >/dev/null 2>&1 && timeout 600 cloud-init status --wait >/dev/null 2>&1',
    'export DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a',
    'work=$(mktemp -d /tmp/.slipway-install-XXXXXXXX); : > "$work/log"',
    `setsid sh -c ${quote(`work=$1; shift; {\n${detached}\n} > "$work/log" 2>&1 < /dev/null; echo $? > "$work/exit"`)} slipway "$work" "$@" &`,
    'tail -n +1 -s 0.1 -f --pid=$! "$work/log" 2>/dev/null; wait $!',
    'code=$(cat "$work/exit" 2>/dev/null || echo 1); rm -rf "$work"',
    'exit "$code"',
  ].join('\n');
}

/** POSIX locks are seen in /proc/locks by inode, so no tool is needed that a minimal machine lacks. */
function waitForLock(path: string): string {
  return [
    `inode=$(stat -c %i ${path} 2>/dev/null || echo none)`,
    'waited=0',
    `while grep -q ":$inode " /proc/locks 2>/dev/null && [ $waited -lt 600 ]; do`,
    `[ $waited = 0 ] && echo "Waiting for another package manager to release ${path}"`,
    'sleep 1; waited=$((waited + 1)); done',
  ].join('\n');
}
