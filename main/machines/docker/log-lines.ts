/**
 * Text lines of Docker's multiplexed stream (Engine API, "Attach", stream format): 8 bytes of header with the stream's
 * number and the length, then that many bytes. Standard output and error are kept in their order.
 */
export function logLines(stream: Buffer): readonly string[] {
  const parts: Buffer[] = [];
  for (let at = 0; at + 8 <= stream.length;) {
    const length = stream.readUInt32BE(at + 4);
    parts.push(stream.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  const lines = Buffer.concat(parts).toString().split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
