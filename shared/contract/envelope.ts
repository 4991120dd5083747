/**
 * The wire format: JSON frames, the same over every transport. `id` is chosen by the client and new for each call.
 *
 * client → host
 *   { type: 'call',   id, operation, input }    → one `result` or `error`
 *   { type: 'open',   id, operation, input }    → `frame`s with n = 1, 2, …; then `end` or `error`
 *   { type: 'cancel', id }                      ends the call or stream of that id: it answers `error` `rpc.cancelled`
 *   { type: 'ack',    id, n }                   all frames of that stream up to n were taken by the reader
 *
 * host → client
 *   { type: 'hello',  connection, contract }    HTTP only, first
 *   { type: 'result', id, output }
 *   { type: 'frame',  id, n, frame }
 *   { type: 'end',    id }
 *   { type: 'error',  id, error, correlationId } `error` is ErrorData; the host's log has the rest by `correlationId`
 *   { type: 'beat' }                             HTTP only: the host is alive; to be ignored
 *
 * The host sends at most `streamWindow` frames of a stream beyond the last `ack`, so a slow reader holds up its own
 * stream and nothing else, and nothing is queued for it: what comes next is made when it can be sent.
 *
 * **Message port** (Electron; Node's MessageChannel): each message is one frame, as an object. See `./message-port.ts`.
 *
 * **HTTP** (web host): all frames of a page share one response, since browsers allow six connections to a host for all
 * tabs together. Everything is `POST` with `content-type: application/json`. See `./http-port.ts`.
 *   /session      body { token }: the one-time token of the URL's fragment (`#token=…`) → 200 { session, contract }.
 *                 The session goes into the header `x-slipway-session` of all that follows.
 *   /api/connect  → 200 `application/x-ndjson`: one frame per line, `hello` first. Its end cancels what is open.
 *   /api/send     header `x-slipway-connection` as in `hello`; body: an array of client frames, in order → 204
 * 401 (the token or session is not good), 403 (Host or Origin), 404 (no such connection), 413 (too large), 400 otherwise
 * answer { error: ErrorData }.
 *
 * Resuming is not in the envelope but in the operation: a broken `runs.watch` or `runs.log` is opened again with the last
 * `seq` or `next` that was seen as `after`.
 */
import * as v from 'valibot';
import type { ErrorData } from '../errors/define.ts';

/** So many frames of a stream may be on their way. */
export const streamWindow = 16;

/** Above this a host reads no further. The largest input is a document of 1 MiB, which JSON can make six times longer. */
export const longestBodyBytes = 8 * 1024 * 1024;

export const sessionHeader = 'x-slipway-session';
export const connectionHeader = 'x-slipway-connection';

const id = v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/, 'must be letters, digits, "_" and "-", at most 64'));
const operation = v.pipe(v.string(), v.maxLength(64));
const number = v.pipe(v.number(), v.integer(), v.minValue(1));

/** What a host accepts. */
export const ClientFrame = v.variant('type', [
  v.strictObject({ type: v.literal('call'), id, operation, input: v.unknown() }),
  v.strictObject({ type: v.literal('open'), id, operation, input: v.unknown() }),
  v.strictObject({ type: v.literal('cancel'), id }),
  v.strictObject({ type: v.literal('ack'), id, n: number }),
]);
export type ClientFrame = v.InferOutput<typeof ClientFrame>;

const errorFields = {
  code: v.string(),
  cause: v.string(),
  hint: v.string(),
  params: v.record(v.string(), v.union([v.string(), v.number()])),
  target: v.exactOptional(v.string()),
  retry: v.picklist(['never', 'backoff', 'while-booting']),
  lastLines: v.exactOptional(v.array(v.string())),
};
const ErrorData: v.GenericSchema<ErrorData> = v.object({ ...errorFields, chain: v.array(v.lazy(() => ErrorData)) });

/** What a client accepts. */
export const ServerFrame = v.variant('type', [
  v.object({ type: v.literal('hello'), connection: v.string(), contract: v.number() }),
  v.object({ type: v.literal('result'), id: v.string(), output: v.unknown() }),
  v.object({ type: v.literal('frame'), id: v.string(), n: v.number(), frame: v.unknown() }),
  v.object({ type: v.literal('end'), id: v.string() }),
  v.object({ type: v.literal('error'), id: v.string(), error: ErrorData, correlationId: v.string() }),
  v.object({ type: v.literal('beat') }),
]);
export type ServerFrame = v.InferOutput<typeof ServerFrame>;

/** The client's end of a transport. */
export interface ClientPort {
  /** In order. What cannot be sent shows as `closed`. */
  send(frame: ClientFrame): void;
  /** Called once, before the first `send`. After `closed`, the next `send` opens a new connection where there can be one. */
  listen(listener: { frame(frame: ServerFrame): void; closed(reason: string): void }): void;
}
