import { hash } from 'node:crypto';

/** Ours, drawn once. Another one would make every machine of every inventory unknown. */
const namespace = 'a3c1f8d2-6b0e-4f57-9d84-2c7e51b90a6f';

/**
 * vCenter's key for a machine, known before the VM is: UUID version 5 (RFC 9562, 5.5), lower case.
 * @param generation 0 for the first VM of that name in this cluster, one more each time it is made anew.
 */
export function instanceUuidOf(clusterId: string, machineName: string, generation: number): string {
  const name = Buffer.from(`${clusterId}/${machineName}/${generation}`);
  const bytes = hash('sha1', Buffer.concat([Buffer.from(namespace.replaceAll('-', ''), 'hex'), name]), 'buffer');
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6); // version
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8); // variant
  return bytes.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
