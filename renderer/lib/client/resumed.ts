import { hasCode } from '#shared/errors/define.ts';

export interface ResumedStream<F> {
  /** `after`: as the last frame said, 0 at first. */
  open(after: number): AsyncIterable<F>;
  /** Where to go on after this frame. */
  position(frame: F): number;
  /** Waits before try number `attempt` (from 1) after a loss. */
  wait(attempt: number): Promise<void>;
  /** `lost`: told when the connection goes; `live` with the next frame. */
  connection(state: 'live' | 'lost'): void;
}

/**
 * The frames of a stream that outlives its connection: opened again after the last position seen until it ends.
 * What comes twice has to be harmless to the reader. @throws everything but a lost connection
 */
export async function* resumed<F>({ open, position, wait, connection }: ResumedStream<F>): AsyncGenerator<F, void> {
  let after = 0;
  for (let attempt = 1; ; attempt += 1) {
    try {
      for await (const frame of open(after)) {
        attempt = 1;
        connection('live');
        after = position(frame);
        yield frame;
      }
      return;
    } catch (thrown) {
      if (!hasCode(thrown, 'rpc.disconnected')) throw thrown;
    }
    connection('lost');
    await wait(attempt);
  }
}
