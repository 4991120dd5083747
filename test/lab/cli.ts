import { parseArgs } from 'node:util';
import { buildAll } from './artefacts/all.ts';
import { removeLab } from './clean-up.ts';
import { findDaemon, stopOwnDaemon } from './daemon.ts';
import { ensurePrograms } from './host-packages.ts';
import { Lab } from './lab.ts';
import { keyPathOf, readState, readStates, vcenterFiles } from './lab-state.ts';
import { lock, sharedLock } from './lock.ts';
import { removeNetwork } from './network.ts';
import { isAlive, type Owner } from './owner.ts';
import { ConsoleProgress } from './progress.ts';
import { vcenterUser, type VcenterRecord } from './vcenter/record.ts';
import { stopRegistries } from './registry.ts';
import { fingerprint } from './ssh-keys.ts';

const usage = `Usage: npm run lab -- <command> [options]

  up      [--name dev] [--machines 3]  boot machines node-1 … and leave them running
          [--vcenter]                  with a vCenter whose VMs are machines, and no machines unless asked for
  down    [--name dev]                 remove them; with the last lab also the network and the lab's own Docker
  status                               the labs that are up
  build                                only build what is missing

  --json  the result on standard output as JSON`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    name: { type: 'string', default: 'dev' },
    machines: { type: 'string' },
    vcenter: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const progress = new ConsoleProgress();

try {
  await obey(positionals[0]);
} catch (error) {
  for (let cause = error; cause instanceof Error; cause = cause.cause) progress.note(cause.message);
  process.exitCode = 1;
}

async function obey(command: string | undefined): Promise<void> {
  switch (command) {
    case 'up': {
      const count = Number(values.machines ?? (values.vcenter ? 0 : 3));
      const machines = Array.from({ length: count }, (_, index) => `node-${index + 1}`);
      const vcenter = values.vcenter ? { vcenter: {} } : {};
      await Lab.up({ name: values.name, machines, progress, detached: true, ...vcenter });
      await status(values.name);
      break;
    }
    case 'down':
      await down(values.name);
      break;
    case 'status':
      await status();
      break;
    case 'build':
      await ensurePrograms(['debootstrap'], progress);
      await buildAll(progress);
      show(
        { timings: progress.timings },
        progress.timings.map(({ title, seconds }) => `${seconds.toFixed(1).padStart(7)} s  ${title}`),
      );
      break;
    default:
      console.error(usage);
      process.exitCode = 2;
  }
}

async function down(name: string): Promise<void> {
  const docker = await findDaemon();
  if (!docker) {
    progress.note('No Docker of the lab is running.');
    return;
  }
  const owner = (await readState(name))?.owner;
  if (owner && isAlive(owner)) throw new Error(`Lab ${name} belongs to process ${owner.pid}, which is running.`);
  await progress.step(`remove lab ${name}`, () => removeLab(docker, name));
  await using _held = await lock(sharedLock);
  if ((await readStates()).length > 0) return;
  await progress.step('stop what the labs shared', async () => {
    await stopRegistries();
    await removeNetwork(docker);
    await stopOwnDaemon();
  });
}

/** Of one lab, or of all. */
async function status(name?: string): Promise<void> {
  const states = (await readStates()).filter((state) => name === undefined || state.name === name);
  show(
    states.map(({ name, startedAt, owner, ssh, registries, machines, vcenter }) => ({
      ...{ name, startedAt, keptBy: keptBy(owner), registries },
      ...(vcenter && {
        vcenter: { url: vcenter.url, user: vcenterUser, ...vcenterFiles(name), sha256: vcenter.sha256 },
      }),
      ssh: { users: ['root', 'ops'], keyPath: keyPathOf(name), password: ssh.password },
      machines: machines.map(({ name, address, hostKey }) => ({
        ...{ name, address, port: 22, hostKey: hostKey.publicKey, hostKeyFingerprint: fingerprint(hostKey.publicKey) },
      })),
    })),
    states.flatMap(({ name, owner, ssh, registries: { plain, secure }, machines, vcenter }) => [
      `lab ${name}, kept by ${keptBy(owner)}`,
      `  registry ${plain.address} (plain HTTP)`,
      `  registry ${secure.address} (user ${secure.user}, password ${secure.password}; CA in "status --json")`,
      `  password of root and ops: ${ssh.password}`,
      ...(vcenter ? vcenterLines(name, vcenter) : []),
      ...machines.flatMap(({ name: machine, address, hostKey }) => [
        `  ${machine}: ssh -i ${keyPathOf(name)} root@${address}`,
        `    ${fingerprint(hostKey.publicKey)}`,
      ]),
    ]),
  );
}

function vcenterLines(lab: string, { url, sha256 }: VcenterRecord): string[] {
  const { passwordFile, caFile } = vcenterFiles(lab);
  return [
    `  vCenter ${url}, user ${vcenterUser}`,
    `    password in ${passwordFile}`,
    `    CA in ${caFile}; SHA-256 of its certificate ${sha256}`,
  ];
}

function keptBy(owner: Owner | undefined): string {
  if (!owner) return 'nobody: it stays until "down"';
  return isAlive(owner) ? `process ${owner.pid}` : 'a process that died: the next "up" removes it';
}

function show(result: object, lines: readonly string[]): void {
  console.log(values.json ? JSON.stringify(result, null, 2) : lines.join('\n'));
}
