import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { checkAnswers, checkerScript, portChecker } from '#main/cluster/network/port-checker.ts';
import { clusterOf, everyRole } from '#test/fakes/cluster.ts';

const open: { close(): unknown }[] = [];
afterEach(() => open.splice(0).forEach((server) => server.close()));

async function tcpServer(answer: string | undefined): Promise<number> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    if (answer !== undefined) socket.end(answer);
  });
  open.push(server);
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));
}

async function udpServer(answer: string | undefined): Promise<number> {
  const socket = createSocket('udp4');
  open.push(socket);
  socket.on('message', (_message, from) => answer !== undefined && socket.send(answer, from.port, from.address));
  return new Promise((resolve) => socket.bind(0, '127.0.0.1', () => resolve(socket.address().port)));
}

async function run(...targets: readonly string[]) {
  const { stdout } = await promisify(execFile)('bash', ['-c', checkerScript, 'checker', ...targets]);
  return Object.fromEntries(checkAnswers(stdout.split('\n')));
}

describe('the checker script, run by a real bash', () => {
  it('tells our listener from others, from silence and from a closed port, all at the same time', async () => {
    const [ours, other, silent, closed] = await Promise.all([
      tcpServer('token-1\n'),
      tcpServer('HTTP/1.1 400\n'),
      tcpServer(undefined),
      tcpServer('x'),
    ]);
    open.pop()?.close();
    await new Promise((resolve) => setImmediate(resolve));
    const answers = await run(...[ours, other, silent, closed].map((port) => `tcp/127.0.0.1/${port}/token-1`));
    expect(answers).toEqual({
      [`tcp/127.0.0.1/${ours}`]: 'answered',
      [`tcp/127.0.0.1/${other}`]: 'other',
      [`tcp/127.0.0.1/${silent}`]: 'silent',
      [`tcp/127.0.0.1/${closed}`]: 'refused',
    });
  });

  it('takes only the right token over UDP for an answer', async () => {
    const [ours, silent] = await Promise.all([udpServer('token-2\n'), udpServer(undefined)]);
    const answers = await run(`udp/127.0.0.1/${ours}/token-2`, `udp/127.0.0.1/${silent}/token-2`);
    expect(answers).toEqual({ [`udp/127.0.0.1/${ours}`]: 'answered', [`udp/127.0.0.1/${silent}`]: 'silent' });
  });
});

describe('portChecker', () => {
  it('names address and port of each target, with the token of its machine', () => {
    const cluster = clusterOf([everyRole, ['worker']]);
    const pair = {
      from: 'm2',
      to: 'm1',
      protocol: 'tcp',
      port: 6443,
      component: 'kube-apiserver',
      purpose: '',
    } as const;
    const { command, restart, network } = portChecker(cluster, [pair]);
    expect(command).toEqual([expect.stringMatching(/^tcp\/10\.0\.0\.1\/6443\/slipway-[0-9a-f]{24}$/)]);
    expect([restart, network]).toEqual(['no', 'host']);
  });
});
