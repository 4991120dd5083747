import { certificateErrors } from '#shared/errors/certificate.ts';
import type { Cluster } from '../cluster.ts';
import type { InventoryPort, StoredCertificate } from '../ports.ts';
import { secretNames } from './names.ts';

/** What of the inventory the files of machines are made from. */
export interface Material {
  readonly certificates: ReadonlyMap<string, StoredCertificate>;
  readonly serviceAccountKey: string;
  /** 32 bytes, base64. */
  readonly encryptionKey: string;
  /** Kubeconfig of the token-review webhook; none when the spec has none. */
  readonly authnWebhook?: string;
}

/** @throws `certificate.missing` before the phase "certificates" has run; what `resolveSecret` throws. */
export async function loadMaterial(inventory: InventoryPort, { spec }: Cluster): Promise<Material> {
  const webhook = spec.api.authnWebhook;
  const [certificates, serviceAccountKey, encryptionKey, authnWebhook] = await Promise.all([
    inventory.certificates(),
    secretOf(inventory, secretNames.serviceAccount),
    secretOf(inventory, secretNames.encryption),
    webhook === undefined ? undefined : inventory.resolveSecret(webhook),
  ]);
  return { certificates, serviceAccountKey, encryptionKey, ...(authnWebhook !== undefined && { authnWebhook }) };
}

async function secretOf(inventory: InventoryPort, name: string): Promise<string> {
  const found = await inventory.secret(name);
  if (found === undefined) throw certificateErrors.missing({ name });
  return found;
}

/** @throws `certificate.missing` */
export function certificateOf(material: Pick<Material, 'certificates'>, name: string): StoredCertificate {
  const found = material.certificates.get(name);
  if (!found) throw certificateErrors.missing({ name });
  return found;
}
