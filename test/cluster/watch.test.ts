import { beforeAll, describe, expect, it } from 'vitest';
import type { RunEvent } from '#shared/run/events.ts';
import { Lab } from '#test/lab/lab.ts';
import { exitCodes } from '#main/apps/cli/exit-codes.ts';
import { Kubectl } from './support/kubectl.ts';
import { eventsOf, Person, told, type Command, type Ended } from './support/person.ts';

const name = 'watched';

let lab: Lab;
let person: Person;
let specFile: string;

beforeAll(async () => {
  await using stack = new AsyncDisposableStack();
  lab = await Lab.up({ name: 'cluster-watch', machines: ['node-1'] });
  stack.defer(() => lab.down());
  person = stack.use(await Person.arrive());
  specFile = await person.writeSpec(name, {
    ...lab.specFragment(),
    machines: [lab.machineSpec('node-1', ['etcd', 'controlplane', 'worker'])],
  });
  const kept = stack.move();
  return () => kept.disposeAsync();
});

function up(): Command {
  return person.start('up', '-f', specFile, '--yes', '--json');
}

/** As a person does who has seen something happen. */
function untilApplied(command: Command): Promise<unknown> {
  return command.untilEvent('a step is applied', ({ type }) => type === 'step.applying');
}

function isWatching({ lines }: Ended): boolean | undefined {
  return lines.find((line) => line.type === 'run')?.watching;
}

function outcomeOf({ lines }: Ended): string | undefined {
  return lines.findLast((line) => line.type === 'result')?.outcome;
}

function endOf(ended: Ended): RunEvent | undefined {
  return eventsOf(ended).findLast(({ type }) => type === 'run.finished');
}

// One create on a bare machine, from test to test: left, cancelled, cancelled, left, and at last ended well.
describe('a run that somebody drives', () => {
  it('is left by a second Ctrl-C, without an end, and can be resumed', async () => {
    let left = await leave(up());
    // A cancel that was over before the second Ctrl-C came: nobody can be faster every time.
    for (let tries = 1; tries < 5 && left.exitCode === exitCodes.cancelled.code; tries += 1) {
      left = await leave(person.start('resume', name, '--json'));
    }
    expect(left.exitCode, told(left)).toBe(exitCodes.elsewhere.code);
    expect(endOf(left)).toBeUndefined();
    expect(outcomeOf(left)).toBe('left');
    expect(left.stderr).toContain(`slipway resume ${name}`);
    const { stdout } = await person.succeed('status', name);
    expect(stdout).toContain(`interrupted`);
  });

  async function leave(driver: Command): Promise<Ended> {
    await untilApplied(driver);
    driver.kill('SIGINT');
    await driver.untilSaid('Cancelling'); // two signals at once would be one
    driver.kill('SIGINT');
    return driver.ended;
  }

  it('is watched by whoever asks for it a second time, and cancelled from outside for both', async () => {
    const driver = person.start('resume', name, '--json');
    await untilApplied(driver);
    const watcher = up();
    const resumer = person.start('resume', name, '--json');
    await Promise.all([watcher, resumer].map((second) => second.untilLine('it watches', ({ type }) => type === 'run')));

    const cancel = await person.slipway('cancel', name);
    expect(cancel.exitCode, told(cancel)).toBe(exitCodes.ok.code);
    const [driven, watched, resumed] = await Promise.all([driver.ended, watcher.ended, resumer.ended]);

    expect([driven, watched, resumed].map(isWatching)).toEqual([false, true, true]);
    expect([driven, watched, resumed].map(outcomeOf)).toEqual(['cancelled', 'cancelled', 'cancelled']);
    expect([driven, watched, resumed].map(({ exitCode }) => exitCode)).toEqual([5, 5, 5]);
    // From the first event of the run, and then the same ones as its driver to the last.
    for (const events of [eventsOf(watched), eventsOf(resumed)]) {
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, index) => index + 1));
      expect(events.slice(-eventsOf(driven).length)).toEqual(eventsOf(driven));
    }
    expect(endOf(driven)).toMatchObject({ outcome: 'cancelled' });
  });

  it('cannot be cancelled when nobody drives it', async () => {
    const cancel = await person.slipway('cancel', name);
    expect(cancel.exitCode).toBe(exitCodes.failed.code);
  });

  it('is cancelled in order by Ctrl-C', async () => {
    const driver = person.start('resume', name, '--json');
    await untilApplied(driver);
    driver.kill('SIGINT');
    const ended = await driver.ended;
    expect(ended.exitCode, told(ended)).toBe(exitCodes.cancelled.code);
    expect(outcomeOf(ended)).toBe('cancelled');
    expect(eventsOf(ended).map(({ type }) => type)).toContain('run.cancelling');
    expect(endOf(ended)).toMatchObject({ outcome: 'cancelled' });
  });

  it('goes on without a watcher who presses Ctrl-C', async () => {
    const driver = person.start('resume', name, '--json');
    await untilApplied(driver);
    const watcher = person.start('resume', name, '--json');
    await watcher.untilLine('it watches', ({ type }) => type === 'run');
    watcher.kill('SIGINT');
    expect((await watcher.ended).exitCode).toBe(exitCodes.elsewhere.code);

    driver.kill('SIGTERM');
    const left = await driver.ended;
    expect(eventsOf(left).map(({ type }) => type)).not.toContain('run.cancelling');
    expect(outcomeOf(left)).toBe('left');
  });

  it('ends well when it is resumed', async () => {
    const resumed = await person.succeed('resume', name, '--json');
    expect(outcomeOf(resumed)).toBe('succeeded');
    await using kubectl = await Kubectl.with(await person.exportKubeconfig(name));
    expect(await kubectl.nodes()).toEqual({ 'node-1': true });
  });

  it('has nothing to resume once it has ended well', async () => {
    const again = await person.slipway('resume', name);
    expect(again.exitCode).not.toBe(exitCodes.ok.code);
    expect(again.stderr + again.stdout).toContain('has succeeded: there is nothing to go on with');
  });
});
