import { backOff } from '#renderer/lib/client/back-off.ts';
import { resumed } from '#renderer/lib/client/resumed.ts';
import type { ClusterDetails, RunFrame, RunState, StartedRun } from '#renderer/lib/client/answers.ts';
import type { Client } from '#shared/contract/index.ts';
import { errorData, hasCode, type ErrorData } from '#shared/errors/define.ts';
import { initialView, reduce } from '#shared/run/reducer.ts';
import type { RunView } from '#shared/run/view.ts';
import { Answer } from '#renderer/lib/state/app/answer.svelte.ts';

/** One run as it goes on, whoever drives it. */
export class Run {
  readonly runId: string;
  view: RunView = $state.raw(initialView());
  /** `undefined` before the first frame. */
  state: RunState | undefined = $state();
  /** It was a removal: the inventory knows nothing of the cluster any more. */
  clusterGone = $state(false);
  connection: 'connecting' | 'live' | 'lost' = $state('connecting');
  error: ErrorData | undefined = $state.raw();
  /** Its cluster, with what exists of it; looked at when the run begins and when it ends. */
  readonly cluster = new Answer<ClusterDetails>();
  readonly cancelled = new Answer<{ readonly asked: boolean }>();
  readonly started = new Answer<StartedRun>();
  #client: Client;
  #following: AbortController | undefined;

  constructor(client: Client, runId: string) {
    this.#client = client;
    this.runId = runId;
  }

  /** Watches until the run ends. Answers how to stop. */
  follow(): () => void {
    this.#following?.abort();
    const own = new AbortController();
    this.#following = own;
    void this.#watch(own.signal);
    return () => {
      own.abort();
      this.cluster.cancel();
    };
  }

  /** What has begun ends first, then nothing new begins. */
  cancel(): Promise<unknown> {
    const cluster = this.view.plan.clusterId;
    return this.cancelled.ask(() => this.#client.call('runs.cancel', { cluster }));
  }

  /** Goes on where it stopped; what is done stays done. */
  async resume(): Promise<void> {
    const started = await this.started.ask(() => this.#client.call('runs.resume', { run: this.runId }));
    this.cancelled.clear();
    if (started?.runId === this.runId) this.follow();
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const frames = resumed<RunFrame>({
      open: (after) => this.#client.open('runs.watch', { runId: this.runId, after }, { signal }),
      position: (frame) => frame.seq,
      wait: backOff(signal),
      connection: (connection) => (this.connection = connection),
    });
    try {
      for await (const frame of frames) {
        if (signal.aborted) return;
        this.take(frame);
      }
    } catch (thrown) {
      if (!signal.aborted && !hasCode(thrown, 'rpc.cancelled')) this.error = errorData(thrown);
    }
  }

  /** One frame of the watch. */
  take(frame: RunFrame): void {
    this.error = undefined;
    this.connection = 'live';
    const knew = this.view.plan.clusterId;
    switch (frame.kind) {
      case 'snapshot':
        this.view = frame.view;
        this.state = frame.state;
        break;
      case 'events':
        this.view = frame.events.reduce(reduce, this.view);
        this.state = 'running';
        break;
      case 'ended':
        this.state = frame.state;
        this.clusterGone = frame.clusterGone;
        break;
    }
    if (frame.kind === 'ended' || knew !== this.view.plan.clusterId) void this.#lookAtCluster();
  }

  async #lookAtCluster(): Promise<void> {
    const cluster = this.view.plan.clusterId;
    if (cluster === '' || this.clusterGone) return;
    await this.cluster.ask((signal) => this.#client.call('clusters.get', { cluster }, { signal }));
  }
}
