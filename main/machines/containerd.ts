import type { Progress } from '#shared/run/events.ts';
import { machineErrors } from '#shared/errors/machine.ts';
import { mustRunAsRoot, quote, runAsRoot } from './shell.ts';
import type { MachineConnections } from './ssh/connections.ts';

/**
 * Pulls with containerd's own client into the namespace of the CRI. Logins are in `hosts.toml` under `certs.d`, so no
 * secret is in a process's arguments.
 * @returns the manifest digest.
 */
export async function pullPodImage(
  connections: MachineConnections,
  machine: string,
  image: string,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<string> {
  const name = quote(fullReference(image));
  const script = [
    `ctr -n k8s.io images pull --hosts-dir /etc/containerd/certs.d ${name} 2>&1 || exit 3`,
    // What the CRI plugin puts on its own pulls; the kubelet's garbage collection looks at labelled images only.
    `ctr -n k8s.io images label ${name} io.cri-containerd.image=managed >/dev/null`,
    `printf 'DIGEST '; ctr -n k8s.io images ls name==${name} | tail -n 1`,
  ];
  const lines: string[] = [];
  const run = {
    action: `pull ${image}`,
    script: script.join('\n'),
    onLine: (line: string) => {
      const progress = pullProgress(image, line);
      if (progress) onProgress(progress);
      else if (line.trim() !== '' && lines.push(line) > 20) lines.shift();
    },
  };
  const { exitCode, errorLines } = await runAsRoot(connections, machine, run, signal);
  const digest = /^DIGEST .*\s(sha256:[0-9a-f]{64})\s/m.exec(`${lines.at(-1) ?? ''} `)?.[1];
  if (exitCode === 0 && digest !== undefined) return digest;
  throw pullError(machine, image, [...lines, ...errorLines]);
}

/** Digests by reference, of what pods can use. */
export async function podImages(
  connections: MachineConnections,
  machine: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const run = { action: 'list pod images', script: 'ctr -n k8s.io images ls' };
  const { output } = await mustRunAsRoot(connections, machine, run, signal);
  const found = new Map<string, string>();
  for (const line of output.toString().split('\n').slice(1)) {
    const [reference, , digest] = line.trim().split(/\s+/);
    if (reference && digest?.startsWith('sha256:')) found.set(reference, digest);
  }
  return found;
}

/**
 * containerd runs on when its CRI plugin could not start: disabled by the distribution's configuration, or out of inotify
 * instances. Its own client tells, as a row "TYPE ID PLATFORMS STATUS" and, in detail, the plugin's error.
 */
export async function criProblem(
  connections: MachineConnections,
  machine: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const run = { action: 'look at the CRI', script: 'ctr plugins ls; ctr plugins ls -d id==cri' };
  const { output } = await mustRunAsRoot(connections, machine, run, signal);
  return parseCriProblem(output.toString());
}

/** @param listed What `ctr plugins ls; ctr plugins ls -d id==cri` prints. */
export function parseCriProblem(listed: string): string | undefined {
  const rows = listed.split('\n').filter((line) => /^io\.containerd\.grpc\.v1\s+cri\s/.test(line));
  if (rows.some((row) => /\sok\s*$/.test(row))) return undefined;
  const reason = /^\s*Message:\s*(.+)$/m.exec(listed)?.[1];
  if (rows.length > 0) return reason ?? rows[0]?.trim().split(/\s+/).at(-1) ?? 'unknown';
  return 'disabled';
}

/**
 * containerd wants the registry and a tag spelt out: `nginx` → `docker.io/library/nginx:latest`
 * (distribution/reference, "normalized names").
 */
export function fullReference(image: string): string {
  const [first = '', ...rest] = image.split('/');
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const host = hasHost ? first : 'docker.io';
  const path = hasHost ? rest.join('/') : rest.length === 0 ? `library/${image}` : image;
  const tagged = path.includes('@') || /:[^/]+$/.test(path);
  return `${host}/${path}${tagged ? '' : ':latest'}`;
}

/** ctr's last progress line: "elapsed: 0.3 s total:  26.4 M (88.0 MiB/s)". Its total is what came so far. */
function pullProgress(image: string, line: string): Progress | undefined {
  const layer = /^(layer|config|manifest|index)-sha256:\S+\s+(\w+)\s*\|/.exec(line);
  const total = /total:\s+([\d.]+)\s*(B|K|Ki|M|Mi|G|Gi)/.exec(line);
  if (!layer && !total) return undefined;
  const bytes = Math.round(Number(total?.[1] ?? 0) * (units[total?.[2] ?? 'B'] ?? 1));
  // The size is not told beforehand: 0 = unknown, never a guess.
  return total ? { label: image, done: bytes, total: 0, unit: 'bytes' } : undefined;
}

const units: Readonly<Record<string, number>> = {
  B: 1,
  K: 1024,
  Ki: 1024,
  M: 1024 ** 2,
  Mi: 1024 ** 2,
  G: 1024 ** 3,
  Gi: 1024 ** 3,
};

/** ctr has one exit code for everything, so its text is classified, here only. */
function pullError(machine: string, image: string, lines: readonly string[]) {
  const text = lines.join('\n');
  const context = { target: machine, lastLines: lines.slice(-10) };
  if (/no space left on device/.test(text))
    return machineErrors.disk_full({ machine, action: `pull ${image}` }, context);
  if (/401 Unauthorized|403 Forbidden|authorization failed/.test(text))
    return machineErrors.image_login_refused({ machine, image }, context);
  if (/: not found$|manifest unknown/m.test(text)) return machineErrors.image_missing({ machine, image }, context);
  if (/containerd\.sock|connection refused.*containerd/.test(text))
    return machineErrors.containerd_unreachable({ machine }, context);
  return machineErrors.image_pull_failed({ machine, image }, context);
}
