import type { NewRunEvent } from '#shared/run/events.ts';
import type { Json } from '#shared/json.ts';
import { parseStored } from '#main/store/database/stored-json.ts';

/** What the store needs of a redactor (the port; `main/secrets` has the real one). */
export interface Redaction {
  register(secret: string): void;
  redact(text: string): string;
  redactField(name: string, text: string): string;
}

/**
 * Fields that say what an event is about. They come from us, resume and views depend on them, and a password such as
 * "etcd" must not turn the step `etcd/node-1` into nonsense.
 */
const structure: ReadonlySet<string> = new Set([
  ...['type', 'runId', 'step', 'by', 'outcome', 'target', 'code', 'retry', 'unit'],
  ...['operation', 'clusterId', 'id', 'phase', 'needs', 'after'],
]);

/** The last line of defence: no secret in an event's free text, whoever put it there. */
export function redactEvent(event: NewRunEvent, redaction: Redaction): NewRunEvent {
  const text = JSON.stringify(event);
  if (redaction.redact(text) === text) return event;
  return parseStored<NewRunEvent>(JSON.stringify(redactJson('', parseStored<Json>(text), redaction)));
}

function redactJson(name: string, value: Json, redaction: Redaction): Json {
  if (structure.has(name)) return value;
  if (typeof value === 'string') return redaction.redactField(name, value);
  if (Array.isArray(value)) return value.map((element: Json) => redactJson(name, element, redaction));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [key, field === undefined ? field : redactJson(key, field, redaction)]),
  );
}
