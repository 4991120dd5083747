import type { SlipwayError } from '#shared/errors/define.ts';
import { specErrors } from '#shared/errors/spec.ts';
import { type AddressRange, parseRanges } from '#shared/network/address-range.ts';
import { formatIpv4, parseIpv4 } from '#shared/network/cidr.ts';
import type { NodeTemplate, StaticAddresses } from '#shared/spec/node-template.ts';
import type { PoolMachine } from './pools.ts';

export interface AllocationRequest {
  /** As in `spec.templates`. */
  readonly templates: readonly NodeTemplate[];
  readonly machines: readonly PoolMachine[];
  /**
   * What machines have already, by name: one address per network of the template, '' or nothing where there is none.
   * They keep it, even outside of today's ranges; those of machines that are not among `machines` are not given out.
   */
  readonly taken: ReadonlyMap<string, readonly string[]>;
  /** Addresses that others have: given machines, other clusters. */
  readonly reserved: readonly string[];
}

export interface Allocation {
  /** By machine: one per network of its template, '' for DHCP and where there was none left. */
  readonly addresses: ReadonlyMap<string, readonly string[]>;
  /** One per network whose ranges are too small. */
  readonly errors: readonly SlipwayError[];
}

/** Gives each machine the lowest free address of its ranges. Pure: equal input gives equal addresses. */
export function allocateAddresses({ templates, machines, taken, reserved }: AllocationRequest): Allocation {
  const used = new Set([...reserved, ...[...taken.values()].flat()].map(parseIpv4));
  const shortages = new Map<string, Shortage>();
  const addresses = new Map(
    machines.map(({ name, pool }) => {
      const index = templates.findIndex((template) => template.name === pool.template);
      const networks = templates[index]?.networks ?? [];
      const own = networks.map((network, position) => {
        if (network.addresses.kind === 'dhcp') return '';
        const kept = taken.get(name)?.[position];
        if (kept) return kept;
        const field = `spec.templates[${index}].networks[${position}].addresses.ranges`;
        const shortage = shortages.get(field) ?? { field, ranges: network.addresses, needs: 0, free: 0 };
        const address = lowestFree(parseRanges(network.addresses.ranges), used);
        const found = address === undefined ? 0 : 1;
        shortages.set(field, { ...shortage, needs: shortage.needs + 1, free: shortage.free + found });
        if (address === undefined) return '';
        used.add(address);
        return formatIpv4(address);
      });
      return [name, own] as const;
    }),
  );
  return { addresses, errors: [...shortages.values()].filter(({ needs, free }) => free < needs).map(tooSmall) };
}

interface Shortage {
  readonly field: string;
  readonly ranges: StaticAddresses;
  readonly needs: number;
  readonly free: number;
}

function tooSmall({ field, ranges, needs, free }: Shortage): SlipwayError {
  return specErrors.too_few_addresses({ field, value: ranges.ranges.join(', '), needs, free });
}

function lowestFree(ranges: readonly AddressRange[], used: ReadonlySet<number | undefined>): number | undefined {
  for (const { first, last } of ranges) {
    for (let address = first; address <= last; address++) if (!used.has(address)) return address;
  }
  return undefined;
}
