import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { run } from '#test/lab/command.ts';
import { Lab } from '#test/lab/lab.ts';
import { ConsoleProgress } from '#test/lab/progress.ts';
import { newKeyPair, newUserCa } from '#test/lab/ssh-keys.ts';
import { sshdSettings } from '#test/lab/sshd-settings.ts';
import { runOverSsh } from './ssh-login.ts';

let lab: Lab;

beforeAll(async () => {
  const machines = ['node-1', { name: 'node-2', sshd: sshdSettings.noPenalties }, { name: 'node-3', diskGiB: 1 }];
  lab = await Lab.up({ name: 'lab-tests', machines, progress: new ConsoleProgress() });
  return () => lab.down();
});

function login(machine: string, user = 'root') {
  return { user, privateKey: lab.ssh.privateKey, hostKey: lab.machine(machine).hostKey };
}

describe('a machine of the lab', () => {
  it.each(['node-1', 'node-2', 'node-3'])('lets the lab’s key in as root: %s', async (name) => {
    expect(await runOverSsh(lab.machine(name).address, login(name), 'hostname; id -un')).toBe(`${name}\nroot`);
  });

  it('lets ops in, who becomes root without a password', async () => {
    const { address } = lab.machine('node-1');
    expect(await runOverSsh(address, login('node-1', 'ops'), 'id -un; sudo -n id -un')).toBe('ops\nroot');
  });

  it('lets root in with the lab’s password', async () => {
    const { address, hostKey } = lab.machine('node-1');
    expect(await runOverSsh(address, { user: 'root', password: lab.ssh.password, hostKey }, 'id -un')).toBe('root');
  });

  it('has a user that a test adds', async () => {
    await lab.machine('node-1').addUser('dora', { sudo: 'password', groups: ['adm'] });
    const ask = `echo '${lab.ssh.password}' | sudo -S id -un; sudo -k -n true || echo asks; id -nG`;
    expect(await runOverSsh(lab.machine('node-1').address, login('node-1', 'dora'), ask)).toBe('root\nasks\ndora adm');
  });

  it('has nothing of Docker', async () => {
    const machine = lab.machine('node-1');
    const look = `
      for program in dockerd docker containerd ctr; do command -v $program || true; done
      dpkg-query --show --showformat '\${Package}\\n' | grep -E 'docker|containerd|runc' || true
      ls /var/lib/docker /var/lib/containerd /var/lib/kubelet /var/lib/etcd`;
    const empty = ['docker', 'containerd', 'kubelet', 'etcd'].map((name) => `/var/lib/${name}:\n`).sort();
    expect((await machine.run(look)).trim()).toBe(empty.join('\n').trim());
  });

  it('has a machine-id of its own', async () => {
    const ids = await Promise.all(
      Object.values(lab.machines).map((machine) => machine.run(['cat', '/etc/machine-id'])),
    );
    expect(new Set(ids).size).toBe(3);
  });

  it('drops what a blocked address sends to a port, and only that', async () => {
    const [server, near] = [lab.machine('node-1'), lab.machine('node-2')];
    await server.run('systemd-run --quiet --unit answer socat TCP-LISTEN:7000,fork,reuseaddr "SYSTEM:echo token"');
    const ask = (port = 7000) => near.exec(`timeout 2 bash -c 'cat < /dev/tcp/${server.address}/${port}'`);
    await expect.poll(async () => (await ask()).stdout).toBe('token\n');

    await server.blockPort(near.address, 7000);
    expect((await ask()).stdout).toBe('');
    expect((await ask(22)).stdout).toMatch(/^SSH-2.0/);

    await server.unblockPort(near.address, 7000);
    expect((await ask()).stdout).toBe('token\n');
  });

  it('runs out of disk space where Docker and etcd keep their data, and gets it back', async () => {
    const machine = lab.machine('node-3');
    const write = () => machine.exec('echo something > /var/lib/etcd/file && sync /var/lib/etcd/file');
    await machine.fillDisk();
    const { exitCode, stderr } = await write();
    expect({ failed: exitCode !== 0, stderr }).toEqual({
      failed: true,
      stderr: expect.stringContaining('No space left on device'),
    });
    await machine.freeDisk();
    expect((await write()).exitCode).toBe(0);
  });

  it('refuses to fill a disk that is this computer’s', async () => {
    await expect(lab.machine('node-1').fillDisk()).rejects.toThrow('diskGiB');
  });

  it.each([300_000, -4000])('answers a wrong time: %d ms', async (skewMs) => {
    const machine = lab.machine('node-2');
    const skew = async () => Number(await machine.run(['date', '+%s%3N'])) - Date.now();
    await machine.setClockSkew(skewMs);
    const wrong = await skew();
    await machine.setClockSkew(0);
    expect(Math.abs(wrong - skewMs)).toBeLessThan(1500);
    expect(Math.abs(await skew())).toBeLessThan(1500);
  });

  it('presents another host key after a reinstallation, and the lab knows it', async () => {
    const machine = lab.machine('node-2');
    const before = login('node-2');
    await machine.regenerateHostKey();
    await expect(runOverSsh(machine.address, before, 'true')).rejects.toThrow(/verif/i);
    expect(await runOverSsh(machine.address, login('node-2'), 'hostname')).toBe('node-2');
    expect((await Lab.attach('lab-tests')).machine('node-2').hostKey).toBe(machine.hostKey);
  });

  it('takes no key where sshd is set to passwords only', async () => {
    const machine = lab.machine('node-2');
    const { address, hostKey } = machine;
    await machine.configureSshd([...sshdSettings.passwordOnly, ...sshdSettings.noPenalties]);
    await expect(runOverSsh(address, login('node-2'), 'true')).rejects.toThrow(/authentication/);
    expect(await runOverSsh(address, { user: 'ops', password: lab.ssh.password, hostKey }, 'id -un')).toBe('ops');
    await machine.configureSshd(sshdSettings.noPenalties);
    expect(await runOverSsh(address, login('node-2'), 'id -un')).toBe('root');
  });

  it('lets in a user whom its certificate authority signed, and no other key', async () => {
    const machine = lab.machine('node-2');
    const folder = await mkdtemp(join(tmpdir(), 'slipway-test-'));
    const ca = newUserCa();
    const user = newKeyPair('somebody');
    await writeFile(join(folder, 'key'), user.privateKey, { mode: 0o600 });
    await writeFile(join(folder, 'key-cert.pub'), await ca.sign(user.publicKey, ['root']));
    await writeFile(join(folder, 'known_hosts'), `${machine.address} ${machine.hostKey}\n`);
    const ssh = ['ssh', '-o', `UserKnownHostsFile=${folder}/known_hosts`, '-o', 'BatchMode=yes', '-i', `${folder}/key`];
    await machine.trustUserCa(ca);
    const answer = await run([...ssh, `root@${machine.address}`, 'id -un']);
    await expect(runOverSsh(machine.address, login('node-2'), 'true')).rejects.toThrow(/authentication/);
    await machine.configureSshd(sshdSettings.noPenalties);
    await rm(folder, { recursive: true });
    expect(answer).toBe('root\n');
  });

  it('keeps its address, files and host key when the power fails', async () => {
    const machine = lab.machine('node-3');
    await machine.run('echo kept > /var/lib/etcd/file; echo kept > /root/file; sync');
    await machine.kill();
    await expect(runOverSsh(machine.address, login('node-3'), 'true')).rejects.toThrow();
    await machine.start();
    const look = 'cat /var/lib/etcd/file /root/file; findmnt --noheadings --output PROPAGATION /';
    expect(await runOverSsh(machine.address, login('node-3'), look)).toMatch(/^kept\nkept\nshared/);
  });

  it('does not answer while it is paused', async () => {
    const machine = lab.machine('node-3');
    await machine.pause();
    const answer = run(['timeout', '2', 'bash', '-c', `head -c 4 < /dev/tcp/${machine.address}/22`]);
    await expect(answer).rejects.toThrow('124');
    await machine.resume();
    expect(await runOverSsh(machine.address, login('node-3'), 'hostname')).toBe('node-3');
  });

  it('is as new after a reset, and still itself', async () => {
    const machine = lab.machine('node-3');
    const id = await machine.run(['cat', '/etc/machine-id']);
    await machine.run('touch /root/file /var/lib/etcd/file');
    await machine.reset({ keepImages: false });
    const look = 'ls /root/file /var/lib/etcd/file 2> /dev/null || cat /etc/machine-id';
    expect(await runOverSsh(machine.address, login('node-3'), look)).toBe(id.trim());
  });
});
