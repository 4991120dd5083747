import { certificateErrors } from '#shared/errors/certificate.ts';
import type { InventoryPort, StoredCertificate } from '../ports.ts';
import { secretNames } from './names.ts';

/** What of the inventory the files of machines are made from. */
export interface Material {
  readonly certificates: ReadonlyMap<string, StoredCertificate>;
  readonly serviceAccountKey: string;
  /** 32 bytes, base64. */
  readonly encryptionKey: string;
}

/** @throws `certificate.missing` before the phase "certificates" has run. */
export async function loadMaterial(inventory: InventoryPort): Promise<Material> {
  const [certificates, serviceAccountKey, encryptionKey] = await Promise.all([
    inventory.certificates(),
    secretOf(inventory, secretNames.serviceAccount),
    secretOf(inventory, secretNames.encryption),
  ]);
  return { certificates, serviceAccountKey, encryptionKey };
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
