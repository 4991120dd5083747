import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createConnection } from 'node:net';
import { createInterface } from 'node:readline';
import { afterEach, expect, it } from 'vitest';
import { removeLab } from '#test/lab/clean-up.ts';
import { run } from '#test/lab/command.ts';
import { findDaemon } from '#test/lab/daemon.ts';
import { Lab } from '#test/lab/lab.ts';
import { folderOfLab } from '#test/lab/lab-state.ts';

const name = 'lab-tests-crash';

async function daemon() {
  const docker = await findDaemon();
  if (!docker) throw new Error('No Docker is running.');
  return docker;
}

/** All that Docker, the mount table and the cache folder know of a lab. */
async function traces(lab: string) {
  const docker = await daemon();
  const filters = { label: [`dev.slipway.lab=${lab}`] };
  const containers = await docker.listContainers({ all: true, filters });
  const { Volumes } = await docker.listVolumes({ filters });
  const mounts = (await run(['cat', '/proc/mounts'])).split('\n').filter((line) => line.includes(folderOfLab(lab)));
  return {
    containers: containers.length,
    volumes: Volumes.length,
    mounts: mounts.length,
    state: existsSync(folderOfLab(lab)),
  };
}

function answers(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = createConnection({ host: hostname, port: Number(port) });
    socket.once('connect', () => socket.destroy());
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(true));
  });
}

const nothing = { containers: 0, volumes: 0, mounts: 0, state: false };

afterEach(async () => removeLab(await daemon(), name));

it('leaves nothing when it goes down', async () => {
  {
    await using lab = await Lab.up({ name, machines: [{ name: 'node-1', diskGiB: 1 }, 'node-2'] });
    expect(await traces(lab.name)).toEqual({ containers: 2, volumes: 4, mounts: 1, state: true });
  }
  expect(await traces(name)).toEqual(nothing);
});

it('is removed by the next one when its process was killed', async () => {
  const child = spawn(process.execPath, [new URL('left-behind-child.ts', import.meta.url).pathname, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(createInterface(child.stdout), 'line');
  await expect(Lab.up({ name, machines: ['node-1'] })).rejects.toThrow(`is up by process ${child.pid}`);
  const { url } = (await Lab.attach(name)).vcenter;
  child.kill('SIGKILL');
  await once(child, 'close');
  expect(await answers(url)).toBe(true);
  expect(await traces(name)).toEqual({ containers: 1, volumes: 0, mounts: 1, state: true });

  await using _next = await Lab.up({ name: 'lab-tests-next', machines: ['node-1'] });
  expect(await traces(name)).toEqual(nothing);
  expect(await answers(url)).toBe(false);
});

it('stays when it was detached, for others to attach to', async () => {
  {
    await using _detached = await Lab.up({ name, machines: ['node-1'], detached: true });
  }
  const attached = await Lab.attach(name);
  expect(await attached.machine('node-1').run('hostname')).toBe('node-1\n');
  await expect(Lab.up({ name, machines: ['node-1'] })).rejects.toThrow('left running on purpose');
  await attached.down();
  expect(await traces(name)).toEqual(nothing);
});
