import type { ServerFrame } from './envelope.ts';

/** The one global that the desktop application gives its pages. */
export const bridgeName = 'slipway';

/** The message with which a page's preload sends the application one end of a new channel. */
export const connectChannel = 'slipway.connect';

export interface BridgeCall {
  readonly id: string;
  readonly operation: string;
  readonly input: unknown;
}

type FrameOfType<T extends ServerFrame['type']> = Extract<ServerFrame, { readonly type: T }>;
export type LastFrame = FrameOfType<'result' | 'end' | 'error'>;
export type StreamFrame = FrameOfType<'frame'>;

/**
 * What crosses the border between a page and its preload: plain values, and functions of it. Each call or stream is told
 * by its last frame (`result`, `end` or `error`); the promise rejects when the application has gone.
 */
export interface Bridge {
  call(call: BridgeCall): Promise<LastFrame>;
  /** Ends a call; it still answers its last frame. Without effect on one that has ended. */
  cancel(id: string): void;
  /** @param onFrame what it answers fulfils once the reader has taken the frame: only then more is sent (`streamWindow`). */
  open(call: BridgeCall, onFrame: (frame: StreamFrame) => Promise<void>): Promise<LastFrame>;
  /** Ends a stream, as `cancel` does a call. */
  close(id: string): void;
}
