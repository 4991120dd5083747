import * as v from 'valibot';
import type { ClusterRun } from '../cluster.ts';
import type { InventoryPort } from '../ports.ts';

const KeyPair = v.strictObject({ privateKey: v.string(), publicKey: v.string() });
export type KeyPair = v.InferOutput<typeof KeyPair>;

/** Both halves are one secret, so that no crash leaves one without the other. `undefined` before it was made. */
export async function keyPair(inventory: Pick<InventoryPort, 'secret'>, name: string): Promise<KeyPair | undefined> {
  const text = await inventory.secret(name);
  return text === undefined ? undefined : v.parse(KeyPair, JSON.parse(text));
}

export async function ensureKeyPair({ inventory, keys }: ClusterRun, name: string): Promise<KeyPair> {
  const known = await keyPair(inventory, name);
  if (known) return known;
  const { privateKey, publicKey } = await keys.generateSshKey();
  await inventory.putSecret(name, JSON.stringify({ privateKey, publicKey }));
  return { privateKey, publicKey };
}
