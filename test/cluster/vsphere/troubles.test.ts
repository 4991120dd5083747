import { beforeAll, describe, expect, it } from 'vitest';
import type { ErrorData } from '#shared/errors/define.ts';
import type { ClusterSpecInput } from '#shared/spec/cluster.ts';
import type { Artefact } from '#shared/run/events.ts';
import { Lab } from '#test/lab/lab.ts';
import type { StaticRange } from '#test/lab/network.ts';
import type { Snapshot } from '#test/lab/vcenter/control.ts';
import { changesOf, eventsOf, Person, told, type Ended } from '../support/person.ts';
import { addCredential, filesThatCame, vmsIn } from '../support/vcenter.ts';

const name = 'trouble';
const credential = 'lab';
const folder = `/DC0/vm/slipway/${name}`;

let lab: Lab;
let person: Person;
let range: StaticRange;
let specFile: string;
/** All that vCenter had before. */
let before: Snapshot;

// What goes wrong with machines, before there is a cluster on them. No test here installs Docker.
beforeAll(async () => {
  await using stack = new AsyncDisposableStack();
  lab = await Lab.up({ name: 'vsphere-troubles', machines: [], vcenter: {} });
  stack.defer(() => lab.down());
  person = stack.use(await Person.arrive());
  range = await lab.staticAddresses(1);
  await addCredential(person, lab, credential);
  specFile = await person.writeSpec(name, spec());
  before = await lab.vcenter.snapshot();
  const kept = stack.move();
  return () => kept.disposeAsync();
});

/** The control plane's machine and two workers by DHCP, and an odd one whose cloud-init cannot work. */
function spec(): ClusterSpecInput['spec'] {
  const { templates, ...fragment } = lab.vsphereFragment(credential, range);
  const [fixed] = templates;
  if (!fixed) throw new Error('The lab gives no template.');
  const networks = fixed.networks.map(({ network }) => ({ network }));
  const cloudInit = { runcmd: [['sh', '-c', 'echo the mirror is away >&2; exit 7']] };
  return {
    ...fragment,
    templates: [
      { ...fixed, name: 'floating', folder, networks },
      { ...fixed, name: 'odd', folder, cloudInit, keepFailed: true },
    ],
    pools: [
      { name: 'control', template: 'floating', count: 1, roles: ['etcd', 'controlplane'] },
      { name: 'work', template: 'floating', count: 2, roles: ['worker'] },
      { name: 'odd', template: 'odd', count: 1, roles: ['worker'] },
    ],
    timeouts: { bootMachine: 45 },
  };
}

/** What failed, by step, and what exists of ours, as `--json` tells it. */
function resultOf(ended: Ended): { readonly errors: ReadonlyMap<string, ErrorData>; readonly exists: Artefact[] } {
  const result = ended.lines.findLast((line) => line.type === 'result') as
    { errors: { step: string; error: ErrorData }[]; exists: Artefact[] } | undefined;
  if (!result) throw new Error(`There is no result: slipway ended with ${told(ended)}`);
  return { errors: new Map(result.errors.map(({ step, error }) => [step, error])), exists: result.exists };
}

async function clusters(): Promise<unknown> {
  const { lines } = await person.succeed('status', '--json');
  return lines;
}

describe('slipway plan for machines that are still to be made', () => {
  it('shows what would be made, with addresses, and makes nothing anywhere', async () => {
    const known = await clusters();
    const { stdout } = await person.succeed('plan', '-f', specFile);
    const [address = ''] = range.ranges[0]?.split('-') ?? [];
    expect(stdout).toContain(`${name}-odd-1: Clone /DC0/vm/templates/debian-13`);
    expect(stdout).toContain(`with ${address}`);
    expect(stdout).toContain(`${name}-work-2: Clone`);
    expect(await lab.vcenter.snapshot()).toEqual(before);
    expect(await clusters()).toEqual(known);
  });

  describe('where vCenter is not fit', () => {
    const problems = [
      /folder \/DC0\/vm: the user .* lacks the privilege VirtualMachine\.Interact\.PowerOn/,
      /datastore \/DC0\/datastore\/LocalDS_0: .* need [\d.]+ GiB, and 1 GiB are free/,
    ];

    beforeAll(async () => {
      const { control } = lab.vcenter;
      await control.setFreeSpace('LocalDS_0', 2 ** 30);
      await control.revoke('VirtualMachine.Interact.PowerOn');
      return async () => {
        await control.setFreeSpace('LocalDS_0', before.freeBytes['/DC0/datastore/LocalDS_0'] ?? 0);
        await control.restorePrivileges();
      };
    });

    it('says all that is wrong at once, and answers 4', async () => {
      const ended = await person.slipway('plan', '-f', specFile);
      expect(ended.exitCode, told(ended)).toBe(4);
      for (const problem of problems) expect(ended.stdout).toMatch(problem);
      // The steps that wait for them are one line, not a screenful.
      expect(ended.stdout).toContain('62 more steps could not be looked at');
      expect(ended.stdout).not.toContain('Install Docker');
    });

    it('slipway up says the same, and makes nothing', async () => {
      const unfit = await lab.vcenter.snapshot();
      const ended = await person.slipway('up', '-f', specFile, '--yes', '--json');
      expect(ended.exitCode, told(ended)).toBe(4);
      const { errors, exists } = resultOf(ended);
      expect([...errors.keys()]).toEqual([`prepare-access/${credential}`]);
      const chain = errors.get(`prepare-access/${credential}`)?.chain ?? [];
      expect(chain.map(({ cause }) => cause)).toEqual(problems.map((problem) => expect.stringMatching(problem)));
      expect(chain.filter(({ hint }) => hint === '')).toEqual([]);
      expect(exists).toEqual([]);
      expect(await lab.vcenter.snapshot()).toEqual(unfit);
    });
  });
});

describe('slipway up where one machine never tells its address and the cloud-init of another fails', () => {
  let failed: Ended;
  let after: Snapshot;

  beforeAll(async () => {
    await lab.vcenter.control.silenceTools([`${name}-control-1`]);
    failed = await person.slipway('up', '-f', specFile, '--yes', '--json');
    after = await lab.vcenter.snapshot();
  });

  it('names each with what was seen and what to do', () => {
    expect(failed.exitCode, told(failed)).toBe(4);
    const { errors } = resultOf(failed);
    expect([...errors.keys()]).toEqual([`create-machine/${name}-control-1`, `first-boot/${name}-odd-1`]);
    const silent = errors.get(`create-machine/${name}-control-1`);
    expect(silent?.code).toBe('vsphere.no_address');
    expect(silent?.cause).toContain(`${name}-control-1`);
    expect(silent?.cause).toMatch(/VMware tools: not running.*([0-9a-f]{2}:){5}.. on VM Network: nothing told/);
    expect(silent?.chain).toEqual([]);
    expect(silent?.hint).toContain('open-vm-tools');
    const odd = errors.get(`first-boot/${name}-odd-1`);
    expect(odd?.code).toBe('provision.cloud_init_failed');
    expect(odd?.cause).toContain(`${name}-odd-1`);
    expect(odd?.lastLines).toContain('the mirror is away');
  });

  it('removes the one, keeps the other for a look as its template says, and leaves the rest alone', () => {
    const machines = vmsIn(after, folder);
    expect(Object.entries(machines).map(([vm, { poweredOn, iso }]) => [vm, poweredOn, iso !== ''])).toEqual([
      [`${name}-odd-1`, true, true],
      [`${name}-work-1`, true, false],
      [`${name}-work-2`, true, false],
    ]);
    const isos = filesThatCame(before, after).filter((file) => file.endsWith('.iso'));
    expect(isos).toEqual([expect.stringMatching(/^slipway-c-\w+\/trouble-odd-1\.iso$/)]);
    expect(after.rules['/DC0/host/DC0_C0']).toEqual([expect.stringMatching(/: apart trouble-work-1, trouble-work-2$/)]);
  });

  it('says in status and pool list what there is', async () => {
    const { stdout } = await person.succeed('status', name);
    expect(stdout).toContain(`VM ${name}-odd-1, VM ${name}-work-1, VM ${name}-work-2, boot image of ${name}-odd-1`);
    expect(stdout).toContain('the mirror is away');
    const pools = (await person.succeed('pool', 'list', name)).stdout;
    expect(pools).toMatch(/control \(0 of 1\) +trouble-control-1 +planned/);
    expect(pools).toMatch(/work \(2 of 2\) +trouble-work-1 +booted/);
    expect(pools).toMatch(/odd \(1 of 1\) +trouble-odd-1 +made/);
    expect((await person.succeed('vsphere', 'orphans', credential)).stdout).toContain('Nothing');
  });

  it('goes on with the same command when the cause is gone, with the machines that are there', async () => {
    await lab.vcenter.control.silenceTools([]);
    const command = person.start('up', '-f', specFile, '--yes', '--json');
    const booted = `first-boot/${name}-control-1`;
    await command.untilEvent(
      'the machine has booted',
      (event) => event.type === 'step.succeeded' && event.step === booted,
    );
    command.kill('SIGINT');
    const ended = await command.ended;
    expect(ended.exitCode, told(ended)).toBe(5);
    expect(changesOf(ended).filter((change) => change.startsWith('create-machine/'))).toEqual([
      expect.stringContaining(`${name}-control-1`),
    ]);
    const now = vmsIn(await lab.vcenter.snapshot(), folder);
    expect(Object.keys(now)).toEqual([`${name}-control-1`, ...[`${name}-odd-1`, `${name}-work-1`, `${name}-work-2`]]);
    for (const vm of [`${name}-odd-1`, `${name}-work-1`, `${name}-work-2`]) {
      expect(now[vm]?.instanceUuid).toBe(vmsIn(after, folder)[vm]?.instanceUuid);
    }
  });

  it('slipway down removes them, the kept one and its boot image as well', async () => {
    const gone = await person.slipway('down', name, '--yes');
    expect(gone.exitCode, told(gone)).toBe(0);
    expect(await lab.vcenter.snapshot()).toEqual(before);
    expect((await person.succeed('vsphere', 'orphans', credential)).stdout).toContain('Nothing');
  });
});

describe('Ctrl-C while machines are cloned', () => {
  let cancelled: Ended;

  beforeAll(async () => {
    await lab.vcenter.control.addRule({
      method: 'CloneVM_Task',
      skip: 1,
      task: { percents: [10, 40], hold: true, then: 'run' },
    });
    const command = person.start('up', '-f', specFile, '--yes', '--json');
    await command.untilEvent(
      'a clone is at 10 %',
      (event) => event.type === 'step.progress' && event.progress.done >= 10,
    );
    command.kill('SIGINT');
    cancelled = await command.ended;
    await lab.vcenter.control.clearRules();
  });

  it('ends as cancelled, without those that were being made', async () => {
    expect(cancelled.exitCode, told(cancelled)).toBe(5);
    const now = await lab.vcenter.snapshot();
    // The first clone was not held: its machine may have been made by then, and is kept for the next run.
    const kept = Object.keys(vmsIn(now, folder));
    expect(kept.length).toBeLessThanOrEqual(1);
    expect(filesThatCame(before, now).filter((file) => !kept.some((vm) => file.includes(vm)))).toEqual([]);
    const clones = eventsOf(cancelled).flatMap((event) => (event.type === 'step.progress' ? [event.progress] : []));
    const percent = { label: expect.stringMatching(/^clone /), done: 10, total: 100, unit: 'percent' };
    expect(clones).toContainEqual(percent);
  });

  it('says what is left, and slipway down removes it', async () => {
    const { exists } = resultOf(cancelled);
    const now = await lab.vcenter.snapshot();
    const named = (kind: string): string[] => exists.flatMap((one) => (one.kind === kind ? [one.key] : [])).sort();
    const tags = now.categories.flatMap((category) => category.tags.map((tag) => `${category.name}/${tag.name}`));
    expect(named('vsphere-vm')).toEqual(Object.keys(vmsIn(now, folder)));
    expect(named('vsphere-folder')).toEqual(now.folders.filter((path) => !before.folders.includes(path)));
    expect(named('vsphere-tag')).toEqual(tags.sort());
    await person.succeed('down', name, '--yes');
    expect(await lab.vcenter.snapshot()).toEqual(before);
  });
});
