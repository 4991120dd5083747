import type { Slipway } from '#main/api/slipway.ts';
import { chooseCluster } from './clusters.ts';
import type { CommandContext } from './command.ts';

/** Opens the inventory for one command and closes it again. */
export async function withSlipway<T>(
  { world, args, command }: CommandContext,
  act: (slipway: Slipway) => Promise<T>,
): Promise<T> {
  await using slipway = await world.open({ home: args.text('home'), env: world.env, label: `slipway ${command}` });
  return await act(slipway);
}

/** The same, for a command whose first argument is a cluster that may be left out where there is only one. */
export function withCluster<T>(
  context: CommandContext,
  act: (slipway: Slipway, cluster: string) => Promise<T>,
): Promise<T> {
  const { world, args, command } = context;
  const home = args.text('home') ?? world.env['SLIPWAY_HOME'] ?? 'the default folder';
  return withSlipway(context, async (slipway) =>
    act(slipway, await chooseCluster(slipway, args.positionals[0], { command, home })),
  );
}
