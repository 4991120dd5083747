import type { PoolSummary } from '#main/api/vsphere/pools.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { printerFor, writeJson } from '../printer.ts';
import { withCluster, withSlipway } from '../session.ts';

export const poolList: Command = {
  name: 'pool list',
  summary: 'List machine pools and their machines, as the inventory knows them; without a name, of all clusters',
  positionals: ['cluster'],
  options: [],
  run(context) {
    const { world, args } = context;
    const print = (pools: readonly PoolSummary[]) => {
      const printer = printerFor(world.stdout, world.env);
      if (args.flag('json')) writeJson(world.stdout, { type: 'pools', pools });
      else if (pools.length === 0) printer.text('No machine pools: all machines were there before.');
      else printer.table([['CLUSTER', 'POOL', 'MACHINE', 'STATE', 'ADDRESS', 'HOST', 'VM'], ...pools.flatMap(rows)]);
      return exitCodes.ok.code;
    };
    if (args.positionals.length === 0)
      return withSlipway(context, async (slipway) => print(await slipway.pools(undefined)));
    return withCluster(context, async (slipway, cluster) => print(await slipway.pools(cluster)));
  },
};

function rows({ cluster, pool, wanted, machines }: PoolSummary): readonly (readonly string[])[] {
  const there = machines.filter(({ state }) => state === 'made' || state === 'booted');
  const named = `${pool} (${String(there.length)} of ${String(wanted)})`;
  if (machines.length === 0) return [[cluster, named]];
  return machines.map(({ name, state, address, host, instanceUuid }) => {
    return [cluster, named, name, state, address || '-', host || '-', instanceUuid];
  });
}
