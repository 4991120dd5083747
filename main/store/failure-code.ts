/** Why the system or SQLite refused a call, in its own short word (`ENOENT`, `SQLITE_BUSY`), or the message. */
export function failureCode(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : thrown.message;
}
