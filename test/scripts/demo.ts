// npm run demo: a vCenter with a template and nothing else → slipway up → three VMs → a working cluster, and the
// application at its run, with a profile that the next cluster begins from.
// npm run demo -- --down: slipway down, and vCenter is as it was.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { ask, echoPod, echoService, startEcho } from '#test/cluster/support/echo.ts';
import { Kubectl } from '#test/cluster/support/kubectl.ts';
import { ensureBuilt } from '#test/lab/artefacts/artefact.ts';
import { kubernetes } from '#test/lab/artefacts/programs.ts';
import { removeLab } from '#test/lab/clean-up.ts';
import { findDaemon } from '#test/lab/daemon.ts';
import { Lab } from '#test/lab/lab.ts';
import { readState, vcenterFiles } from '#test/lab/lab-state.ts';
import { ConsoleProgress } from '#test/lab/progress.ts';
import { vcenterUser } from '#test/lab/vcenter/record.ts';
import type { ClusterSpecInput } from '#shared/spec/cluster.ts';
import { run } from '#test/lab/command.ts';
import { until } from '#test/lab/until.ts';
import { startApp, stopApp, type DemoApp } from './demo-app.ts';

const name = 'demo';
const credential = 'lab';
const whatProfileIs = 'One control plane and two workers in the vCenter of the demo';
const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'test-results', name);
const files = {
  spec: join(folder, 'cluster.yaml'),
  kubeconfig: join(folder, 'kubeconfig.yaml'),
  passphrase: join(folder, 'passphrase'),
  kubectl: join(folder, 'kubectl'),
  /** All that vCenter had before: what `--down` compares with. */
  before: join(folder, 'vcenter-before.json'),
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
  title('A vCenter: one template, no machines');
  await removeOld();
  const lab = await Lab.up({ name, machines: [], vcenter: {}, progress, detached: true });
  await writeFiles(lab);
  const upAfter = secondsSoFar();

  title('Its credential, and a Kubernetes cluster in it');
  const { passwordFile, caFile } = vcenterFiles(name);
  const where = ['--address', new URL(lab.vcenter.url).host, '--user', vcenterUser];
  const secrets = ['--password-file', here(passwordFile), '--ca', here(caFile)];
  await shown(['slipway', 'credential', 'add', credential, ...where, ...secrets], slipway);
  await shown(['slipway', 'profile', 'save', name, '-f', here(files.spec), '--description', whatProfileIs], slipway);
  const app = await progress.step('build and start the application', () => startApp(folder, env));
  // In a terminal only, the way in is told before the run draws on it; a window comes up while the run goes on.
  if (app.kind === 'web') progress.note(`watch it in a browser, once: ${await app.addressOf('/clusters')}`);
  const opened = app.kind === 'window' ? firstRun().then((run) => app.open(`/runs/${run}`)) : undefined;
  await shown(['slipway', 'up', '-f', here(files.spec), '--yes'], slipway);
  await opened;
  await shown(['slipway', 'kubeconfig', name, '-o', here(files.kubeconfig)], slipway);
  await shown(['slipway', 'pool', 'list', name], slipway);

  title('Does it work?');
  await reachServiceOnAnotherMachine(lab);
  const kubectl = ['kubectl', '--kubeconfig', here(files.kubeconfig)];
  await shown([...kubectl, 'get', 'nodes', '-o', 'wide'], [files.kubectl]);
  await shown([...kubectl, 'get', 'pods', '-A'], [files.kubectl]);

  title(`The cluster is up: ${secondsSoFar()} s, ${upAfter} s of them for the vCenter`);
  console.log(`It stays up. Look around, as root:
  ${here(files.kubectl)} --kubeconfig ${here(files.kubeconfig)} get nodes
${await wayIn(app)}
The profile "${name}" begins the next cluster: Profiles, Start a cluster, Next to the end, Create.
Take it all down, and see that vCenter is as it was:
  npm run demo -- --down`);
}

/** Its id, as soon as there is one. */
async function firstRun(): Promise<string> {
  return until('the run begins', 60_000, async () => (await clusters())[0]?.lastRun?.runId);
}

async function wayIn(app: DemoApp): Promise<string> {
  if (app.kind === 'window') return 'The application is open at the run.';
  return `The application, at the run; this address works once:
  ${await app.addressOf(`/runs/${await firstRun()}`)}`;
}

async function clusters(): Promise<readonly ClusterLine[]> {
  const [program = '', ...args] = slipway;
  const answer = await run([program, ...args, 'status', '--json'], { env: { ...process.env, ...env } });
  return (JSON.parse(answer) as { readonly clusters: readonly ClusterLine[] }).clusters;
}

/** Of what `slipway status --json` says. */
interface ClusterLine {
  readonly name: string;
  readonly lastRun?: { readonly runId: string };
}

/** Whatever was left of a demo before, also of one that was cut off. */
async function removeOld(): Promise<void> {
  const docker = await findDaemon();
  if (docker && (await readState(name))) {
    await progress.step('remove the demo of before', () => removeLab(docker, name));
  }
  await stopApp(folder);
  await rm(folder, { recursive: true, force: true });
}

async function down(): Promise<void> {
  const lab = (await readState(name)) ? await Lab.attach(name) : undefined;
  if (lab && existsSync(files.before)) {
    title('What was made goes');
    // Also those that somebody has made from the profile.
    let code = 0;
    for (const cluster of await clusters())
      code ||= await ended(['slipway'], [...slipway, 'down', cluster.name, '--yes']);
    const asItWas = code === 0 && (await isAsItWas(lab));
    if (!asItWas) process.exitCode = 1;
  }
  await stopApp(folder);
  title('The vCenter goes');
  const code = await ended(
    ['lab', 'down'],
    [process.execPath, join(root, 'test', 'lab', 'cli.ts'), 'down', '--name', name],
  );
  await rm(folder, { recursive: true, force: true });
  if (code !== 0) process.exitCode = code;
}

async function isAsItWas(lab: Lab): Promise<boolean> {
  const before: unknown = JSON.parse(await readFile(files.before, 'utf8'));
  const after = await lab.vcenter.snapshot();
  const { vms, folders, files: stored } = after;
  const number = Object.values(stored).flat().length;
  if (isDeepStrictEqual(JSON.parse(JSON.stringify(after)), before)) {
    console.log(
      `\nvCenter is as it was: ${vms.length} VMs, ${folders.length} folders, ${number} files, no tag, no rule.`,
    );
    return true;
  }
  console.log(`\nvCenter is not as it was. Before and after:\n${JSON.stringify(before)}\n${JSON.stringify(after)}`);
  return false;
}

async function writeFiles(lab: Lab): Promise<void> {
  // Enough for a second cluster from the profile.
  const fragment = lab.vsphereFragment(credential, await lab.staticAddresses(2 * 3));
  const templates = fragment.templates.map((template) => ({ ...template, folder: `/DC0/vm/slipway/${name}` }));
  const spec: ClusterSpecInput = {
    apiVersion: 'slipway.dev/v1',
    kind: 'Cluster',
    metadata: { name },
    spec: {
      ...fragment,
      templates,
      pools: [
        { name: 'control', template: 'small', count: 1, roles: ['etcd', 'controlplane', 'worker'] },
        { name: 'work', template: 'small', count: 2, roles: ['worker'] },
      ],
    },
  };
  await mkdir(folder, { recursive: true });
  await writeFile(files.spec, stringify(spec));
  await writeFile(files.before, JSON.stringify(await lab.vcenter.snapshot()));
  await writeFile(files.passphrase, `${lab.ssh.password}\n`, { mode: 0o600 });
  // One program that is what it is called.
  await symlink(join(await ensureBuilt(kubernetes, progress), 'kubernetes'), files.kubectl);
}

/** Pods on two machines; one finds the other by its service's name. */
async function reachServiceOnAnotherMachine(lab: Lab): Promise<void> {
  await using kubectl = await Kubectl.with(files.kubeconfig);
  const image = lab.image('echo');
  const items = [
    echoPod('visitor', `${name}-work-1`, image),
    echoPod('hello', `${name}-work-2`, image),
    echoService('hello'),
  ];
  await progress.step('start pod visitor on one worker, and pod hello with a service on the other', () =>
    startEcho(kubectl, items, ['visitor', 'hello']),
  );
  const answer = await ask(kubectl, 'visitor', 'hello');
  progress.note(`visitor on one worker asked the service hello and was answered from the other: ${answer.trim()}`);
}

function title(text: string): void {
  console.log(`\n── ${text} ${'─'.repeat(Math.max(0, 100 - text.length))}`);
}

/** As a person would type it from where they are. */
function here(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
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
