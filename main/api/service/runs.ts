import type { StepForecast } from '#main/engine/preview.ts';
import { planView } from '#main/engine/plan.ts';
import type { Forecast, RunFrame, Service } from '#shared/contract/index.ts';
import type { RunChange } from '#main/api/runs/follow-run.ts';
import type { ServiceOptions } from './service-options.ts';

type Runs = Pick<Service, Extract<keyof Service, `runs.${string}`>>;

export function runService(options: Pick<ServiceOptions, 'slipway' | 'driver' | 'questions' | 'folder'>): Runs {
  const { slipway, driver, questions, folder } = options;
  /** Its name, for whoever is asked something. */
  const clusterOf = async (runId: string): Promise<string> => {
    for (const { name } of await slipway.clusters()) {
      if ((await slipway.runs(name)).some((run) => run.runId === runId)) return name;
    }
    return runId;
  };
  return {
    'runs.list': ({ cluster }) => slipway.runs(cluster),

    'runs.plan': async ({ text }, signal) => {
      const source = { text, folder };
      const { name } = await slipway.readSpec(source);
      const found = await slipway.plan(source, driver.interaction(name, signal), signal);
      return { ...found, plan: planView(found.plan), preview: found.preview.map(forecastOf) };
    },

    'runs.start': async ({ text }, signal) => {
      const source = { text, folder };
      const { name } = await slipway.readSpec(source);
      return driver.start(name, (...rest) => slipway.up(source, ...rest), signal);
    },

    'runs.resume': async (which, signal) => {
      const name = 'run' in which ? await clusterOf(which.run) : which.cluster;
      return driver.start(name, (...rest) => slipway.resume(which, ...rest), signal);
    },

    'runs.remove': ({ cluster, forgetUnreachable }, signal) =>
      driver.start(cluster, (...rest) => slipway.down(cluster, { forgetUnreachable }, ...rest), signal),

    'runs.cancel': async ({ cluster }) => ({ asked: await slipway.cancel(cluster) }),

    'runs.watch': async function* ({ runId, after }, signal) {
      let seq = after;
      for await (const change of slipway.watch({ runId, after }, signal)) {
        const frame = frameOf(change, seq);
        seq = frame.seq;
        yield frame;
      }
    },

    'runs.log': ({ runId, step, after }, signal) => slipway.followLog({ runId, step, after }, signal),

    'runs.active': async function* (_params, signal) {
      for await (const active of slipway.activeRuns(signal)) yield { runs: active };
    },

    'runs.questions': async function* (_params, signal) {
      for await (const open of questions.follow(signal)) yield { questions: open };
    },

    'runs.answer': async ({ questionId, approved }) => {
      questions.answer(questionId, approved);
      return {};
    },
  };
}

function frameOf(change: RunChange, seq: number): RunFrame {
  switch (change.kind) {
    case 'snapshot':
      return { ...change, seq: change.view.seq };
    case 'events':
      return { ...change, seq: change.events.at(-1)?.seq ?? seq };
    case 'ended':
      return { ...change, seq };
  }
}

function forecastOf(forecast: StepForecast): Forecast {
  const step = forecast.step.id;
  switch (forecast.kind) {
    case 'already':
    case 'will':
      return { kind: forecast.kind, step, reason: forecast.reason };
    case 'after':
    case 'unknown':
      return { kind: forecast.kind, step, behind: forecast.behind };
    case 'error':
      return { kind: 'error', step, error: forecast.error };
  }
}
