import type { InventoryPort } from '#main/cluster/ports.ts';

/**
 * Opens the sealed keys once for a whole run, not once for each step: with a thousand machines each step would open
 * thousands. Only the holder of the lease writes them, so nobody else can make this copy stale.
 */
export function withCachedCertificates(inventory: InventoryPort): InventoryPort {
  let opened: ReturnType<InventoryPort['certificates']> | undefined;
  return {
    ...inventory,
    certificates() {
      opened ??= inventory.certificates().catch((thrown: unknown) => {
        opened = undefined;
        throw thrown;
      });
      return opened;
    },
    async putCertificates(certificates) {
      opened = undefined;
      try {
        await inventory.putCertificates(certificates);
      } finally {
        opened = undefined; // somebody may have read between
      }
    },
  };
}
