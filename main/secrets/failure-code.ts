/** Why the system refused a call, in its own short word (`ENOENT`), or the message where there is none. */
export function failureCode(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : thrown.message;
}
