import * as v from 'valibot';
import type { Progress } from '#shared/run/events.ts';

/** One message of Docker's "create image" stream. */
const PullMessage = v.object({
  status: v.optional(v.string()),
  id: v.optional(v.string()),
  progressDetail: v.optional(v.object({ current: v.optional(v.number()), total: v.optional(v.number()) })),
  error: v.optional(v.string()),
  errorDetail: v.optional(v.object({ message: v.optional(v.string()) })),
});
export type PullMessage = v.InferOutput<typeof PullMessage>;

/**
 * Adds up the bytes of all layers whose size Docker has told. The total grows while layers wait for their turn: Docker
 * tells a layer's size when its download begins.
 */
export function pullProgress(label: string): (message: PullMessage) => Progress | undefined {
  const layers = new Map<string, { done: number; total: number }>();
  return ({ id, status, progressDetail }) => {
    if (id === undefined) return undefined;
    const layer = layers.get(id) ?? { done: 0, total: 0 };
    if (status === 'Downloading' && progressDetail?.total !== undefined)
      layers.set(id, { done: progressDetail.current ?? 0, total: progressDetail.total });
    else if (status === 'Download complete' || status === 'Pull complete')
      layers.set(id, { ...layer, done: layer.total });
    else return undefined;
    const all = [...layers.values()];
    const total = all.reduce((sum, one) => sum + one.total, 0);
    if (total === 0) return undefined;
    return { label, done: all.reduce((sum, one) => sum + one.done, 0), total, unit: 'bytes' };
  };
}

/** @throws when it is not such a message. */
export function parsePullMessage(line: string): PullMessage {
  return v.parse(PullMessage, JSON.parse(line));
}

/** Lines of a stream as they come. Unlike readline's, it throws when the stream breaks off. */
export async function* linesOf(stream: AsyncIterable<unknown>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream) {
    rest += chunk instanceof Uint8Array ? decoder.decode(chunk, { stream: true }) : String(chunk);
    const lines = rest.split(/\r?\n/);
    rest = lines.pop() ?? '';
    yield* lines.filter((line) => line !== '');
  }
  if (rest !== '') yield rest;
}
