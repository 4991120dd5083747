import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { openMachines, type OpenMachines } from '#main/machines/adapter.ts';
import { errorData } from '#shared/errors/define.ts';
import { connectionSettings } from '#main/machines/ssh/settings.ts';
import { ClusterSpec, type ClusterSpecInput } from '#shared/spec/cluster.ts';
import { Lab } from '#test/lab/lab.ts';
import { sshdSettings } from '#test/lab/sshd-settings.ts';
import type { ContainerSpec } from '#main/cluster/container-spec.ts';
import type { Progress } from '#shared/run/events.ts';
import { memoryKnownHosts } from './sshd.ts';

/** The adapter on real machines: systemd, sshd, apt, Docker, containerd and registries of the lab. */
const { signal } = new AbortController();
let lab: Lab;
let opened: OpenMachines;

const names = ['plain', 'sudoer', 'bridged', 'password', 'prompting'] as const;

beforeAll(async () => {
  lab = await Lab.up({
    name: 'machines-adapter',
    machines: [
      { name: 'plain', diskGiB: 2 },
      'sudoer',
      { name: 'bridged', sshd: [...sshdSettings.noSocketForwarding] },
      { name: 'password', sshd: [...sshdSettings.passwordOnly] },
      {
        name: 'prompting',
        sshd: ['PubkeyAuthentication no', 'PasswordAuthentication no', 'KbdInteractiveAuthentication yes'],
      },
    ],
  });
  opened = open();
}, 10 * 60_000);

afterAll(async () => {
  await opened[Symbol.asyncDispose]();
  await lab[Symbol.asyncDispose]();
}, 120_000);

function open(): OpenMachines {
  const machine = (name: string, user: string) => ({
    name,
    address: lab.machine(name).address,
    roles: ['worker' as const],
    user,
    hostKey: lab.machine(name).hostKey,
  });
  const input: ClusterSpecInput = {
    apiVersion: 'slipway.dev/v1',
    kind: 'Cluster',
    metadata: { name: 'test' },
    spec: {
      ssh: { auth: { kind: 'key', key: 'vault:key' } },
      machines: [
        machine('plain', 'root'),
        machine('sudoer', 'ops'),
        machine('bridged', 'root'),
        { ...machine('password', 'root'), auth: { kind: 'password', password: 'vault:password' } },
        { ...machine('prompting', 'root'), auth: { kind: 'password', password: 'vault:password' } },
      ],
    },
  };
  const { spec } = v.parse(ClusterSpec, input);
  return openMachines({
    spec,
    settings: new Map(spec.machines.map((each) => [each.name, connectionSettings(spec, each)])),
    knownHosts: memoryKnownHosts(),
    resolveSecret: async (reference) => (reference === 'vault:key' ? lab.ssh.privateKey : lab.ssh.password),
    approveHostKey: async () => false,
    clock: { now: Date.now },
  });
}

const failureOf = async (work: Promise<unknown>) =>
  errorData(
    await work.then(
      () => 'no failure',
      (error: unknown) => error,
    ),
  );

describe('a bare machine', () => {
  it.each(names)('%s tells its facts, and that Docker and containerd are not there', async (name) => {
    const facts = await opened.machines.inspect(name, signal);
    expect(facts).toMatchObject({
      os: { id: 'debian' },
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      hostname: name,
      privilege: name === 'sudoer' ? 'sudo' : 'root',
      hasSystemd: true,
      packageManager: 'apt',
      defaultAddress: lab.machine(name).address,
      docker: undefined,
      containerd: undefined,
    });
    expect(facts.machineId).toMatch(/^[0-9a-f]{32}$/);
    expect(facts.addresses).toContain(lab.machine(name).address);
    expect(Math.min(...Object.values(facts.freeMiB))).toBeGreaterThan(100);
  });

  it('has nearly our time', async () => {
    expect(Math.abs(await opened.machines.clockSkewMs('plain', signal))).toBeLessThan(250);
  });

  it.each(['plain', 'sudoer'])('%s keeps files with owner, mode and content, written in one command', async (name) => {
    const content = Buffer.from(Array.from({ length: 70_000 }, (_unused, index) => index % 256));
    const files = [
      { path: "/etc/slipway test/it's.bin", content, mode: 0o600 },
      { path: '/etc/slipway-test/deep/er/empty', content: Buffer.alloc(0), mode: 0o644 },
    ];
    await opened.machines.writeFiles(name, files, signal);
    await opened.machines.writeFiles(name, files, signal);
    const found = await opened.machines.readFiles(
      name,
      [...files.map(({ path }) => path), '/etc/none', '/etc'],
      signal,
    );
    expect([...found.keys()]).toEqual(files.map(({ path }) => path));
    expect(Buffer.compare(found.get(files[0]?.path ?? '')?.content ?? Buffer.alloc(0), content)).toBe(0);
    expect(found.get(files[0]?.path ?? '')?.mode).toBe(0o600);
    expect(await lab.machine(name).run(`stat -c '%U:%G %a' "/etc/slipway test/it's.bin"`)).toBe('root:root 600\n');
    expect(await lab.machine(name).run("ls -A /tmp '/etc/slipway test' | grep '[.]slipway' || true")).toBe('');
  });

  it('says which sysctl the kernel refuses', async () => {
    await opened.machines.applySysctls('plain', { 'net.ipv4.ip_forward': '1' }, signal);
    const error = await failureOf(opened.machines.applySysctls('plain', { 'kernel.no_such_key': '1' }, signal));
    expect(error).toMatchObject({ code: 'machine.sysctl_failed', params: { key: 'kernel.no_such_key', value: '1' } });
  });

  it('says that the user may not become root', async () => {
    await lab
      .machine('sudoer')
      .run('mv /etc/sudoers.d /etc/sudoers.d.off && mkdir /etc/sudoers.d; gpasswd -d ops sudo || true');
    const error = await failureOf(
      opened.machines.writeFiles('sudoer', [{ path: '/etc/x', content: Buffer.of(1), mode: 0o600 }], signal),
    );
    await lab.machine('sudoer').run('rmdir /etc/sudoers.d && mv /etc/sudoers.d.off /etc/sudoers.d');
    expect(error).toMatchObject({ code: 'machine.needs_root', params: { machine: 'sudoer', action: 'write /etc/x' } });
  });

  it('says that Docker is not running', async () => {
    expect(await failureOf(opened.docker.list('plain', signal))).toMatchObject({
      code: 'docker.not_running',
      retry: 'backoff',
    });
    expect(await failureOf(opened.docker.list('bridged', signal))).toMatchObject({ code: 'docker.not_running' });
  });
});

describe('installing packages', () => {
  it('installs Docker and containerd on several machines at once, then has nothing to do', async () => {
    await Promise.all(
      names.slice(0, 3).map(async (name) => {
        const lines: string[] = [];
        await opened.machines.installPackages(name, ['docker.io', 'containerd'], (line) => lines.push(line), signal);
        expect(lines.join('\n')).toContain('Setting up docker.io');
      }),
    );
    const again: string[] = [];
    await opened.machines.installPackages('plain', ['docker.io', 'containerd'], (line) => again.push(line), signal);
    expect(again).toEqual([]);
    const facts = await opened.machines.inspect('plain', signal);
    expect(facts.docker).toMatchObject({ version: expect.stringMatching(/^\d+\./), storageDriver: expect.any(String) });
    expect(facts.containerd?.version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it('names a package that does not exist, with the package manager’s last lines', async () => {
    const install = opened.machines.installPackages('plain', ['no-such-package-at-all'], () => undefined, signal);
    const error = await failureOf(install);
    expect(error).toMatchObject({ code: 'machine.packages_failed', params: { packages: 'no-such-package-at-all' } });
    expect(error.lastLines?.join('\n')).toContain('Unable to locate package');
  });

  it('goes on with the installation on the machine when the connection is lost in the middle', async () => {
    const started = Promise.withResolvers<void>();
    const first = failureOf(
      opened.machines.installPackages('plain', ['socat', 'tree'], () => started.resolve(), signal),
    );
    await started.promise;
    await cutConnections('plain');
    expect(await first).toMatchObject({ code: 'ssh.connection_lost', retry: 'backoff' });
    await opened.machines.installPackages('plain', ['socat', 'tree'], () => undefined, signal);
    expect(await lab.machine('plain').run('dpkg --audit; tree --version')).toContain('tree v');
  });
});

describe('services', () => {
  it('starts, restarts, and tells the journal of one that fails', async () => {
    const unit = (command: string) =>
      Buffer.from(`[Service]\nExecStart=/bin/sh -c '${command}'\n[Install]\nWantedBy=multi-user.target\n`);
    const write = (command: string) =>
      opened.machines.writeFiles(
        'plain',
        [{ path: '/etc/systemd/system/trial.service', content: unit(command), mode: 0o644 }],
        signal,
      );
    await write('sleep 1000');
    await opened.machines.ensureService('plain', 'trial.service', { restart: false }, signal);
    const pid = () => lab.machine('plain').run('systemctl show -p MainPID trial.service');
    const before = await pid();
    await opened.machines.ensureService('plain', 'trial.service', { restart: false }, signal);
    expect(await pid()).toBe(before);
    await opened.machines.ensureService('plain', 'trial.service', { restart: true }, signal);
    expect(await pid()).not.toBe(before);
    const error = await failureOf(opened.machines.ensureService('plain', 'absent.service', { restart: false }, signal));
    expect(error).toMatchObject({ code: 'machine.service_failed', params: { unit: 'absent.service' } });
  });
});

const tiny = 'slipway.test/tiny:1';

function container(name: string, command: string, changes: Partial<ContainerSpec> = {}): ContainerSpec {
  return {
    name,
    image: tiny,
    command: ['/bin/sh', '-c', command],
    env: ['GREETING=hello'],
    mounts: [],
    network: 'none',
    privileged: false,
    restart: 'no',
    labels: {},
    log: { maxSizeMiB: 1, maxFiles: 1 },
    contentHashes: {},
    firstStartOnly: [],
    ...changes,
  };
}

/** A shell, a few tools and their libraries, imported as an image. */
const importTiny = `
cd / && tar -ch $(for p in sh cat sleep ls; do readlink -f $(command -v $p); ldd $(command -v $p) | grep -o '/[^ ]*'; done | sort -u) \
  --transform 's,^usr/bin/dash$,bin/sh,' --transform 's,^usr/bin/,bin/,' 2>/dev/null |
  curl -sSf --unix-socket /var/run/docker.sock -X POST -H 'Content-Type: application/x-tar' --data-binary @- \
  'http://docker/images/create?fromSrc=-&repo=slipway.test/tiny&tag=1'`;

describe.each(['plain', 'sudoer', 'bridged'] as const)('Docker on %s', (name) => {
  beforeAll(async () => {
    await lab.machine(name).run(importTiny);
  });

  it('runs a container from creation to removal', async () => {
    const { docker } = opened;
    const labels = { 'dev.slipway.cluster': 'c-abcde', 'dev.slipway.spec-hash': '1234' };
    await docker.create(name, container('trial', 'echo $GREETING; echo there >&2; exit 5'), labels, signal);
    expect(await docker.inspect(name, 'trial', signal)).toMatchObject({
      running: false,
      owner: 'c-abcde',
      specHash: '1234',
    });
    await docker.start(name, 'trial', signal);
    expect(await docker.wait(name, 'trial', signal)).toEqual({ exitCode: 5 });
    expect([...(await docker.logs(name, 'trial', 10, signal))].sort()).toEqual(['hello', 'there']);
    const again = await failureOf(docker.create(name, container('trial', 'true'), {}, signal));
    expect(again).toMatchObject({ code: 'docker.name_taken', params: { container: 'trial' } });
    await docker.rename(name, 'trial', 'trial-old', signal);
    expect(await docker.list(name, signal)).toMatchObject([{ name: 'trial-old', exitCode: 5, owner: 'c-abcde' }]);
    await docker.remove(name, 'trial-old', signal);
    await docker.remove(name, 'trial-old', signal);
    expect(await docker.inspect(name, 'trial-old', signal)).toBeUndefined();
    expect(await failureOf(docker.start(name, 'trial', signal))).toMatchObject({ code: 'docker.container_missing' });
    const absent = container('trial', 'true', { image: 'slipway.test/absent:1' });
    expect(await failureOf(docker.create(name, absent, {}, signal))).toMatchObject({ code: 'docker.image_absent' });
    const broken = container('broken', '', { command: ['/no/such/program'] });
    await docker.create(name, broken, {}, signal);
    expect(await failureOf(docker.start(name, 'broken', signal))).toMatchObject({ code: 'docker.start_failed' });
    await docker.remove(name, 'broken', signal);
    expect(await docker.images(name, [tiny, 'nothing:1'], signal)).toEqual(new Map([[tiny, '']]));
  });

  it('copies files in and out and runs commands inside', async () => {
    const { docker } = opened;
    const mounts = [{ from: '/srv/trial', to: '/data', readOnly: false }];
    await docker.create(name, container('files', 'sleep 1000', { mounts }), {}, signal);
    const content = Buffer.from('one\ntwo\n');
    await docker.upload(name, 'files', [{ path: '/data/deep/er.txt', content, mode: 0o640 }], signal);
    expect(await lab.machine(name).run('stat -c "%U %a" /srv/trial/deep/er.txt')).toBe('root 640\n');
    const found = await docker.download(name, 'files', '/data', signal);
    expect([...found].map(([path, file]) => [path, file.mode, Buffer.from(file.content).toString()])).toEqual([
      ['/data/deep/er.txt', 0o640, 'one\ntwo\n'],
    ]);
    expect(await docker.download(name, 'files', '/nowhere', signal)).toEqual(new Map());
    expect(await failureOf(docker.download(name, 'gone', '/x', signal))).toMatchObject({
      code: 'docker.container_missing',
    });
    expect(await failureOf(docker.exec(name, 'files', ['/bin/ls'], signal))).toMatchObject({
      code: 'docker.container_not_running',
    });
    await docker.start(name, 'files', signal);
    await docker.start(name, 'files', signal);
    const result = await docker.exec(name, 'files', ['/bin/sh', '-c', 'cat /data/deep/er.txt; exit 3'], signal);
    expect(result).toEqual({ exitCode: 3, lines: ['one', 'two'] });
    await docker.stop(name, 'files', 0, signal);
    await docker.stop(name, 'files', 0, signal);
    await docker.remove(name, 'files', signal);
  });

  it('answers many calls at once and commands beside them', async () => {
    const calls = Array.from({ length: 30 }, () => opened.docker.list(name, signal));
    const commands = Array.from({ length: 12 }, () => opened.machines.readFiles(name, ['/etc/hostname'], signal));
    const answers = await Promise.all([...calls, ...commands]);
    expect(answers).toHaveLength(42);
  });

  it('is reached again after the connection was lost in the middle of a call', async () => {
    await opened.docker.create(name, container('waited', 'sleep 1000'), {}, signal);
    await opened.docker.start(name, 'waited', signal);
    const waiting = failureOf(opened.docker.wait(name, 'waited', signal));
    await opened.docker.list(name, signal);
    await cutConnections(name);
    expect(await waiting).toMatchObject({ code: 'ssh.connection_lost', retry: 'backoff' });
    expect(await opened.docker.list(name, signal)).toMatchObject([{ name: 'waited', running: true }]);
    await opened.docker.remove(name, 'waited', signal);
  });

  it('lets go of a call when its signal aborts', async () => {
    await opened.docker.create(name, container('waited', 'sleep 1000'), {}, signal);
    await opened.docker.start(name, 'waited', signal);
    const abort = new AbortController();
    const waiting = opened.docker.wait(name, 'waited', abort.signal);
    await opened.docker.list(name, signal);
    abort.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await opened.docker.remove(name, 'waited', signal);
  });
});

describe('pulling from the registries of the lab', () => {
  const plainImage = () => lab.image('coredns');
  const secureImage = () => plainImage().replace(lab.registries.plain.address, lab.registries.secure.address);
  const pull = (
    image: string,
    password?: string,
    machine = 'plain',
    onProgress: (progress: Progress) => void = () => undefined,
  ) => {
    const { address: server, user: username } = lab.registries.secure;
    const login = password === undefined ? undefined : { server, username, password };
    return opened.docker.pull(machine, image, login, onProgress, signal);
  };

  beforeAll(async () => {
    const { plain, secure } = lab.registries;
    const daemon = JSON.stringify({ 'insecure-registries': [plain.address] });
    const basic = Buffer.from(`${secure.user}:${secure.password}`).toString('base64');
    const hosts = `server = "http://${plain.address}"\n[host."http://${plain.address}"]\n`;
    const secureHosts = (header: string) =>
      `server = "https://${secure.address}"\n[host."https://${secure.address}"]\nca = "/etc/docker/certs.d/${secure.address}/ca.crt"\n${header}`;
    const text = (path: string, content: string, mode = 0o600) => ({ path, content: Buffer.from(content), mode });
    await opened.machines.writeFiles(
      'plain',
      [
        text('/etc/docker/daemon.json', daemon, 0o644),
        text(`/etc/docker/certs.d/${secure.address}/ca.crt`, secure.caPem, 0o644),
        text(`/etc/containerd/certs.d/${plain.address}/hosts.toml`, hosts),
        text(
          `/etc/containerd/certs.d/${secure.address}/hosts.toml`,
          secureHosts(`[host."https://${secure.address}".header]\nAuthorization = "Basic ${basic}"\n`),
        ),
      ],
      signal,
    );
    await opened.machines.ensureService('plain', 'docker', { restart: true }, signal);
  });

  it('pulls with Docker, counting bytes, and knows the digest afterwards', async () => {
    const seen: Progress[] = [];
    const digest = await pull(plainImage(), undefined, 'plain', (progress) => seen.push(progress));
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(seen.at(-1)).toMatchObject({ label: plainImage(), unit: 'bytes', done: seen.at(-1)?.total });
    expect(seen.at(-1)?.total).toBeGreaterThan(1_000_000);
    expect(await opened.docker.images('plain', [plainImage()], signal)).toEqual(new Map([[plainImage(), digest]]));
    const byDigest = plainImage().replace(/:[^:/]+$/, `@${digest}`);
    expect(await pull(byDigest)).toBe(digest);
    expect(await opened.docker.images('plain', [byDigest], signal)).toEqual(new Map([[byDigest, digest]]));
  });

  it('pulls the same for pods, where the CRI sees it', async () => {
    const digest = await pull(plainImage());
    const pulled = await opened.machines.pullPodImage('plain', plainImage(), () => undefined, signal);
    expect(pulled).toBe(digest);
    expect((await opened.machines.podImages('plain', signal)).get(plainImage())).toBe(digest);
    expect(await opened.machines.pullPodImage('plain', secureImage(), () => undefined, signal)).toBe(digest);
    expect(await lab.machine('plain').run('ctr -n k8s.io images ls')).toContain('io.cri-containerd.image=managed');
  });

  it('logs in with the password that it is given, and says when that is refused', async () => {
    const { password } = lab.registries.secure;
    expect(await pull(secureImage(), password)).toMatch(/^sha256:/);
    const refused = await failureOf(pull(secureImage(), 'not the password'));
    expect(refused).toMatchObject({ code: 'docker.login_refused', retry: 'never' });
    expect(JSON.stringify(refused)).not.toContain('not the password');
    expect((await failureOf(pull(secureImage()))).code).toBe('docker.login_refused');
    const { secure } = lab.registries;
    const hosts = `server = "https://${secure.address}"\n[host."https://${secure.address}"]\nca = "/etc/docker/certs.d/${secure.address}/ca.crt"\n`;
    const path = `/etc/containerd/certs.d/${secure.address}/hosts.toml`;
    await opened.machines.writeFiles('plain', [{ path, content: Buffer.from(hosts), mode: 0o600 }], signal);
    const other = secureImage()
      .replace('coredns', 'pause')
      .replace(/:[^:/]+$/, ':no-login');
    const pod = await failureOf(opened.machines.pullPodImage('plain', other, () => undefined, signal));
    expect(pod).toMatchObject({ code: 'machine.image_login_refused' });
  });

  it('tells a missing image, an unreachable and an untrusted registry apart', async () => {
    const absent = `${lab.registries.plain.address}/slipway-test/absent:1`;
    expect(await failureOf(pull(absent))).toMatchObject({ code: 'docker.image_missing' });
    const nowhere = await failureOf(pull('127.0.0.1:1/a/b:1'));
    expect(nowhere).toMatchObject({ code: 'docker.registry_unreachable', retry: 'backoff' });
    expect(await failureOf(pull(plainImage(), undefined, 'sudoer'))).toMatchObject({
      code: 'docker.registry_untrusted',
    });
    expect(await failureOf(pull(secureImage(), undefined, 'sudoer'))).toMatchObject({
      code: 'docker.registry_untrusted',
    });
    const pod = await failureOf(opened.machines.pullPodImage('plain', absent, () => undefined, signal));
    expect(pod.code).toBe('machine.image_missing');
  });
});

describe('a full disk', () => {
  it('is named when a file cannot be written', async () => {
    await lab.machine('plain').fillDisk();
    const content = Buffer.alloc(5 * 1024 * 1024, 1);
    const error = await failureOf(
      opened.machines.writeFiles('plain', [{ path: '/var/lib/etcd/x', content, mode: 0o600 }], signal),
    );
    await lab.machine('plain').freeDisk();
    expect(error).toMatchObject({ code: 'machine.disk_full', retry: 'never' });
  });
});

/** Ends the processes of sshd that serve connections; the listener stays. */
async function cutConnections(name: string): Promise<void> {
  await lab.machine(name).run("pkill -KILL -f '^sshd(-session)?: (root|ops)' ; true");
}
