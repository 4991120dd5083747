// npm run demo: three machines without Docker → slipway up → a working cluster. npm run demo -- --down: all of it gone.
import { spawn } from 'node:child_process';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { Kubectl } from '#test/cluster/support/kubectl.ts';
import { ensureBuilt } from '#test/lab/artefacts/artefact.ts';
import { kubernetes } from '#test/lab/artefacts/programs.ts';
import { removeLab } from '#test/lab/clean-up.ts';
import { findDaemon } from '#test/lab/daemon.ts';
import { Lab } from '#test/lab/lab.ts';
import { readState } from '#test/lab/lab-state.ts';
import { ConsoleProgress } from '#test/lab/progress.ts';
import type { ClusterSpecInput } from '#shared/spec/cluster.ts';

const name = 'demo';
const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'test-results', name);
const files = {
  spec: join(folder, 'cluster.yaml'),
  kubeconfig: join(folder, 'kubeconfig.yaml'),
  passphrase: join(folder, 'passphrase'),
  kubectl: join(folder, 'kubectl'),
} as const;
// A demo must neither ask for a keychain nor touch the person's own inventory.
const env = { SLIPWAY_HOME: join(folder, 'home'), SLIPWAY_PASSPHRASE_FILE: files.passphrase };
const slipway = [process.execPath, join(root, 'main', 'apps', 'cli', 'slipway.mjs')];
const progress = new ConsoleProgress();

const { values } = parseArgs({ options: { down: { type: 'boolean', default: false } } });
if (values.down) await down();
else await demo();

async function demo(): Promise<void> {
  const startedAt = performance.now();
  const secondsSoFar = () => Math.round((performance.now() - startedAt) / 1000);
  title('Three machines: Debian with sshd, no Docker');
  await removeOld();
  const lab = await Lab.up({ name, machines: ['node-1', 'node-2', 'node-3'], progress, detached: true });
  await writeFiles(lab);
  const bootedAfter = secondsSoFar();

  title('A Kubernetes cluster on them');
  await shown(['slipway', 'up', '-f', here(files.spec), '--yes'], slipway);
  await shown(['slipway', 'kubeconfig', name, '-o', here(files.kubeconfig)], slipway);

  title('Does it work?');
  await reachServiceOnAnotherMachine(lab);
  const kubectl = ['kubectl', '--kubeconfig', here(files.kubeconfig)];
  await shown([...kubectl, 'get', 'nodes', '-o', 'wide'], [files.kubectl]);
  await shown([...kubectl, 'get', 'pods', '-A'], [files.kubectl]);

  title(`The cluster is up: ${secondsSoFar()} s, ${bootedAfter} s of them for the machines`);
  console.log(`It stays up. Look around, as root:
  ${here(files.kubectl)} --kubeconfig ${here(files.kubeconfig)} get nodes
  ssh -i ${lab.ssh.keyPath} root@${lab.machine('node-1').address}
Take it down:
  npm run demo -- --down`);
}

/** Whatever was left of a demo before, also of one that was cut off. */
async function removeOld(): Promise<void> {
  const docker = await findDaemon();
  if (docker && (await readState(name))) {
    await progress.step('remove the demo of before', () => removeLab(docker, name));
  }
  await rm(folder, { recursive: true, force: true });
}

async function down(): Promise<void> {
  const code = await ended(
    ['lab', 'down'],
    [process.execPath, join(root, 'test', 'lab', 'cli.ts'), 'down', '--name', name],
  );
  await rm(folder, { recursive: true, force: true });
  process.exitCode = code;
}

async function writeFiles(lab: Lab): Promise<void> {
  const spec: ClusterSpecInput = {
    apiVersion: 'slipway.dev/v1',
    kind: 'Cluster',
    metadata: { name },
    spec: {
      ...lab.specFragment(),
      machines: [
        lab.machineSpec('node-1', ['etcd', 'controlplane', 'worker']),
        lab.machineSpec('node-2', ['worker']),
        lab.machineSpec('node-3', ['worker']),
      ],
    },
  };
  await mkdir(folder, { recursive: true });
  await writeFile(files.spec, stringify(spec));
  await writeFile(files.passphrase, `${lab.ssh.password}\n`, { mode: 0o600 });
  // One program that is what it is called.
  await symlink(join(await ensureBuilt(kubernetes, progress), 'kubernetes'), files.kubectl);
}

/** Pods on two machines; one finds the other by its service's name. */
async function reachServiceOnAnotherMachine(lab: Lab): Promise<void> {
  await using kubectl = await Kubectl.with(files.kubeconfig);
  const pod = (called: string, node: string) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: called, labels: { app: called } },
    spec: {
      nodeName: node,
      terminationGracePeriodSeconds: 1,
      containers: [{ name: 'echo', image: lab.image('echo'), ports: [{ containerPort: 8080 }] }],
    },
  });
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'hello' },
    spec: { selector: { app: 'hello' }, ports: [{ port: 80, targetPort: 8080 }] },
  };
  const items = [pod('visitor', 'node-2'), pod('hello', 'node-3'), service];
  const url = 'http://hello.default.svc.cluster.local/';
  await progress.step('start pod visitor on node-2, and pod hello with a service on node-3', async () => {
    await kubectl.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    await kubectl.run(['wait', '--for=condition=Ready', 'pod/visitor', 'pod/hello', '--timeout=120s']);
  });
  const ask = ['echo', 'get', url, '--until-ok', '30s', '--want', 'hello'];
  const answer = await kubectl.run(['exec', 'visitor', '--', ...ask]);
  progress.note(`visitor on node-2 asked ${url} and was answered from node-3: ${answer.trim()}`);
}

function title(text: string): void {
  console.log(`\n── ${text} ${'─'.repeat(Math.max(0, 100 - text.length))}`);
}

function here(path: string): string {
  return relative(process.cwd(), path);
}

/** Runs a program on our terminal, after its command line as a person would type it. The demo ends when it fails. */
async function shown(typed: readonly string[], program: readonly string[]): Promise<void> {
  console.log(`\n$ ${typed.join(' ')}`);
  const code = await ended(typed, [...program, ...typed.slice(1)]);
  if (code === 0) return;
  console.log(`\nThe demo ends here; the machines stay as they are.
Begin anew:  npm run demo
Take down:   npm run demo -- --down`);
  process.exit(code);
}

async function ended([called = '']: readonly string[], [file = '', ...args]: readonly string[]): Promise<number> {
  const child = spawn(file, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  // Ctrl-C reaches the child through the terminal by itself; it decides what that means.
  const ignore = () => {};
  process.on('SIGINT', ignore);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.on('error', (cause) => reject(new Error(`${called} cannot be started`, { cause })));
      child.on('close', (exitCode) => resolve(exitCode ?? 1));
    });
  } finally {
    process.off('SIGINT', ignore);
  }
}
