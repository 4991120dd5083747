import type { InventoryPort } from '#main/cluster/ports.ts';

/**
 * Opens the sealed keys once for a whole run, not once for each step: with a thousand machines each step would open
 * thousands. Only the holder of the lease writes them, so nobody else can make this copy stale.
 * @param asOf for whoever does not hold it: they are opened again when what it answers has changed.
 */
export function withCachedCertificates(inventory: InventoryPort, asOf: () => string = () => ''): InventoryPort {
  let cached: { readonly asOf: string; readonly opened: ReturnType<InventoryPort['certificates']> } | undefined;
  const open = (now: string): ReturnType<InventoryPort['certificates']> => {
    const opened = inventory.certificates().catch((thrown: unknown) => {
      if (cached?.opened === opened) cached = undefined;
      throw thrown;
    });
    cached = { asOf: now, opened };
    return opened;
  };
  return {
    ...inventory,
    certificates() {
      const now = asOf();
      return cached?.asOf === now ? cached.opened : open(now);
    },
    async putCertificates(certificates) {
      cached = undefined;
      try {
        await inventory.putCertificates(certificates);
      } finally {
        cached = undefined; // somebody may have read between
      }
    },
  };
}
