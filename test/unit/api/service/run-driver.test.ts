import { describe, expect, it } from 'vitest';
import { openQuestions } from '#main/api/service/questions.ts';
import { type Drive, openRunDriver } from '#main/api/service/run-driver.ts';
import type { RunResult } from '#main/api/runs/driving.ts';
import { initialView } from '#shared/run/reducer.ts';
import { specErrors } from '#shared/errors/spec.ts';
import { runErrors } from '#shared/errors/run.ts';
import { plan } from '../../apps/cli/fake-run.ts';

const run = { runId: 'r-1', clusterId: 'c-1' };
const never = new AbortController().signal;
const keys = [{ machine: 'node-1', address: '10.0.0.1', keyType: 'ssh-ed25519', fingerprint: 'SHA256:x' }];
const result = (outcome: RunResult['outcome']): RunResult => ({
  runId: 'r-1',
  outcome,
  view: initialView(),
  exists: [],
});

function opened() {
  const questions = openQuestions(() => 7);
  const faults: unknown[] = [];
  const driver = openRunDriver(questions, (thrown, about) => faults.push([thrown, about]));
  const listed = async () => (await questions.follow(never).next()).value ?? [];
  return { questions, driver, faults, listed };
}

/** Journals its first event and then waits until it is left. */
const untilLeft: Drive = async (_interaction, observer, { leave }) => {
  observer.started({ ...run, watching: false });
  observer.event({ type: 'run.started', runId: 'r-1', plan, seq: 1, at: 0 }, initialView());
  if (!leave.aborted) await new Promise((resolve) => leave.addEventListener('abort', resolve));
  return result('left');
};

describe('a run driver', () => {
  it('answers when the run is journaled, and drives it whoever leaves', async () => {
    const { driver } = opened();
    const caller = new AbortController();
    expect(await driver.start('home', untilLeft, caller.signal)).toEqual({ ...run, watching: false });
    caller.abort();
    expect(driver.active()).toEqual([{ ...run, cluster: 'home' }]);
    expect(await driver.leave()).toEqual([{ ...run, cluster: 'home' }]);
    expect(driver.active()).toEqual([]);
  });

  it('gives up a start whose caller goes before anything is journaled', async () => {
    const { driver, faults } = opened();
    const caller = new AbortController();
    const drive: Drive = async (_interaction, _observer, { leave }) => {
      caller.abort(new Error('gone'));
      await Promise.resolve();
      expect(leave.aborted).toBe(true);
      return result('left');
    };
    await expect(driver.start('home', drive, caller.signal)).rejects.toThrow('gone');
    expect([driver.active(), faults]).toEqual([[], []]);
  });

  it('drives nothing where somebody else is at work, and answers that run', async () => {
    const { driver } = opened();
    const left = Promise.withResolvers<boolean>();
    const drive: Drive = async (_interaction, observer, { leave }) => {
      observer.started({ ...run, watching: true });
      left.resolve(leave.aborted);
      return result('left');
    };
    expect(await driver.start('home', drive, never)).toEqual({ ...run, watching: true });
    expect(await left.promise).toBe(true);
    expect(driver.active()).toEqual([]);
  });

  it('hands on why a run could not begin, and tells the host why one could not go on', async () => {
    const { driver, faults } = opened();
    const refused = specErrors.unreadable({ line: 1, column: 1, reason: 'x' });
    await expect(driver.start('home', () => Promise.reject(refused), never)).rejects.toBe(refused);
    expect(faults).toEqual([]);
    const fault = runErrors.unknown({ run: 'r-1' });
    const broken: Drive = async (...rest) => {
      rest[1].started({ ...run, watching: false });
      rest[1].event({ type: 'run.started', runId: 'r-1', plan, seq: 1, at: 0 }, initialView());
      return Promise.reject(fault);
    };
    expect(await driver.start('home', broken, never)).toMatchObject(run);
    await expect.poll(() => faults).toEqual([[fault, { ...run, cluster: 'home' }]]);
  });

  it('starts nothing any more once it was left', async () => {
    const { driver } = opened();
    await driver.leave();
    await expect(driver.start('home', untilLeft, never)).rejects.toMatchObject({ code: 'run.host_ending' });
  });

  it('asks about host keys, and withdraws the question when the run is cancelled or left', async () => {
    const { driver, questions, listed } = opened();
    const answers: boolean[] = [];
    const cancelled = Promise.withResolvers<undefined>();
    const drive: Drive = async (interaction, observer, control) => {
      observer.started({ ...run, watching: false });
      observer.event({ type: 'run.started', runId: 'r-1', plan, seq: 1, at: 0 }, initialView());
      answers.push(await interaction.approveHostKeys(keys));
      const second = interaction.approveHostKeys(keys);
      observer.event({ type: 'run.cancelling', seq: 2, at: 0 }, initialView());
      answers.push(await second);
      cancelled.resolve(undefined);
      return untilLeft(interaction, observer, control);
    };
    await driver.start('home', drive, never);
    const [question] = await listed();
    expect(question).toMatchObject({ kind: 'host-keys', cluster: 'home', runId: 'r-1', keys, askedAt: 7 });
    questions.answer(question?.questionId ?? '', true);
    expect(() => questions.answer(question?.questionId ?? '', false)).toThrow('not open any more');
    await cancelled.promise;
    expect(answers).toEqual([true, false]);
    expect(await listed()).toEqual([]);
    await driver.leave();
  });
});

describe('questions', () => {
  it('tell a slow reader the newest state, not all that was in between', async () => {
    const { questions } = opened();
    const follow = questions.follow(never);
    expect((await follow.next()).value).toEqual([]);
    const withdrawn = new AbortController();
    const about = { kind: 'host-keys', cluster: 'home', keys } as const;
    void questions.ask(about, withdrawn.signal);
    withdrawn.abort();
    void questions.ask({ ...about, cluster: 'other' }, never);
    expect((await follow.next()).value).toMatchObject([{ cluster: 'other' }]);
  });

  it('end when the reader goes', async () => {
    const { questions } = opened();
    const reader = new AbortController();
    const follow = questions.follow(reader.signal);
    await follow.next();
    const next = follow.next();
    reader.abort();
    expect((await next).done).toBe(true);
  });
});
