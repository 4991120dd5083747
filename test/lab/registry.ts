import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ensureBuilt } from './artefacts/artefact.ts';
import { registryStore } from './artefacts/registry-store.ts';
import { running, startInBackground, stopInBackground, untilAnswering, type Background } from './background.ts';
import { folders, runFolder } from './folders.ts';
import { lock } from './lock.ts';
import type { Network } from './network.ts';
import type { Progress } from './progress.ts';
import { ensureRegistrySecrets, type RegistrySecrets } from './registry-certificates.ts';

export interface Registries {
  /** Plain HTTP, nobody asks who you are. */
  readonly plain: { readonly address: string };
  /** The same images behind a certificate of a private authority and a password. */
  readonly secure: {
    readonly address: string;
    readonly caPem: string;
    readonly user: string;
    readonly password: string;
    /** Holds the password and nothing else. */
    readonly passwordFile: string;
  };
}

const processes = join(runFolder, 'registries');
const firstPort = 5000;

/**
 * Two registries over one store, on this computer's address in the machines' network. They serve one state of the
 * recipes: a clone whose images differ gets two more on other ports. Read-only, since their storage is the cache.
 */
export async function ensureRegistries(network: Network, progress: Progress): Promise<Registries> {
  const store = await ensureBuilt(registryStore, progress);
  await using _held = await lock('registries', (pid) => progress.note(`process ${pid} starts the registries`));
  const secrets = await ensureRegistrySecrets(network.gateway);
  const folder = join(processes, registryStore.key);
  const ports = (await livePorts(folder, network.gateway)) ?? (await start(folder, store, network, secrets));
  return {
    plain: { address: `${network.gateway}:${ports.plain}` },
    secure: {
      address: `${network.gateway}:${ports.secure}`,
      caPem: secrets.caPem,
      user: secrets.user,
      password: secrets.password,
      passwordFile: secrets.files.password,
    },
  };
}

/** Of every state of the recipes. */
export async function stopRegistries(): Promise<void> {
  await using _held = await lock('registries');
  const stores = await readdir(processes).catch(() => []); // none was ever started
  for (const folder of stores) await stopIn(join(processes, folder));
  await rm(processes, { recursive: true, force: true });
}

interface Ports {
  readonly gateway: string;
  readonly plain: number;
  readonly secure: number;
}

async function livePorts(folder: string, gateway: string): Promise<Ports | undefined> {
  if (!existsSync(join(folder, 'ports.json'))) return undefined;
  const ports: Ports = JSON.parse(await readFile(join(folder, 'ports.json'), 'utf8'));
  const both = await Promise.all(['plain.json', 'secure.json'].map((file) => running(join(folder, file))));
  return both.every(Boolean) && ports.gateway === gateway ? ports : undefined;
}

async function start(folder: string, store: string, network: Network, secrets: RegistrySecrets): Promise<Ports> {
  const { gateway } = network;
  await stopIn(folder); // one of the two may have died
  await mkdir(folder, { recursive: true });
  const plainPort = await freePort(gateway, firstPort);
  const plain = await configure(folder, 'plain', store, { addr: `${gateway}:${plainPort}` });
  const securePort = await freePort(gateway, plainPort + 1);
  const { certificate, key, htpasswd } = secrets.files;
  const secure = await configure(
    folder,
    'secure',
    store,
    { addr: `${gateway}:${securePort}`, tls: { certificate, key } },
    { htpasswd: { realm: 'slipway lab', path: htpasswd } },
  );
  const owners = [await startInBackground(plain), await startInBackground(secure)] as const;
  await untilAnswering(plain, owners[0], 20_000, async () => (await fetch(`http://${gateway}:${plainPort}/v2/`)).ok);
  await untilAnswering(secure, owners[1], 20_000, async () => (await statusOf(gateway, securePort, secrets)) === 401);
  const ports = { gateway, plain: plainPort, secure: securePort };
  await writeFile(join(folder, 'ports.json'), JSON.stringify(ports));
  return ports;
}

async function configure(
  folder: string,
  name: string,
  store: string,
  http: object,
  auth?: object,
): Promise<Background> {
  const config = join(folder, `${name}.yml`);
  const storage = {
    filesystem: { rootdirectory: store },
    // Otherwise it keeps on looking for uploads to purge.
    maintenance: { uploadpurging: { enabled: false }, readonly: { enabled: true } },
  };
  const document = {
    version: 0.1,
    log: { level: 'warn' },
    storage,
    http: { ...http, secret: 'lab' },
    ...(auth && { auth }),
  };
  await writeFile(config, stringify(document));
  return {
    argv: ['docker-registry', 'serve', config],
    pidFile: join(folder, `${name}.json`),
    logFile: join(folders.registry, `${name}.log`),
  };
}

async function stopIn(folder: string): Promise<void> {
  for (const file of ['plain.json', 'secure.json']) await stopInBackground(join(folder, file), 5000);
  await rm(folder, { recursive: true, force: true });
}

/** The status without a password. */
function statusOf(host: string, port: number, { caPem }: RegistrySecrets): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const ask = request({ host, port, path: '/v2/', ca: caPem }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    ask.once('error', reject);
    ask.end();
  });
}

async function freePort(host: string, from: number): Promise<number> {
  for (let port = from; port < from + 100; port += 1) {
    const free = await new Promise<boolean>((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(false));
      server.listen({ host, port }, () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
  throw new Error(`No port of ${host} from ${from} on is free.`);
}
