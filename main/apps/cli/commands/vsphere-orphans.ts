import type { Orphan, OrphanRemoval } from '#main/api/vsphere/orphans.ts';
import type { Slipway } from '#main/api/slipway.ts';
import { cliErrors } from '#shared/errors/cli.ts';
import type { Command, CommandContext } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { isYes } from '../host-keys.ts';
import { interruptible } from '../interruptible.ts';
import { printerFor, writeJson } from '../printer.ts';
import type { Printer } from '../printer.ts';
import { plural } from '../render/quantity.ts';
import { requiredArgument } from '../required.ts';
import { withSlipway } from '../session.ts';

export const vsphereOrphans: Command = {
  name: 'vsphere orphans',
  summary: 'Show what carries our tag in a vCenter and belongs to no cluster of this inventory',
  positionals: ['credential'],
  options: [
    { name: 'cluster', value: 'id', help: 'Only what says that it belongs to this cluster, such as c-abcde' },
    { name: 'remove', help: 'Remove it, after showing it and asking' },
    { name: 'yes', short: 'y', help: 'Do not ask first; needed where there is no terminal' },
  ],
  details: [
    'An inventory knows only its own clusters: what another computer has made looks like an orphan here. Look before you remove, and use --cluster.',
  ],
  run(context) {
    const { world, args, command } = context;
    const credential = requiredArgument(context, 0, 'credential', 'whose vCenter');
    const cluster = args.text('cluster');
    const asks = args.flag('remove') && !args.flag('yes');
    if (asks && (args.flag('json') || !world.canAsk)) {
      throw cliErrors.confirmation_needed({ command: `${command} ${credential} --remove` });
    }
    return withSlipway(context, async (slipway) => {
      const all = await interruptible(context, (signal) => slipway.vsphere.orphans(credential, signal));
      const orphans = all.filter((orphan) => cluster === undefined || orphan.cluster === cluster);
      const printer = printerFor(world.stdout, world.env);
      if (args.flag('json')) writeJson(world.stdout, { type: 'orphans', orphans });
      else printOrphans(printer, orphans);
      if (orphans.length === 0 || !args.flag('remove')) return exitCodes.ok.code;
      if (asks && !isYes(await world.ask(`Remove ${plural(orphans.length, 'object')} for good? [y/N] `))) {
        printer.text('Nothing was removed.');
        return exitCodes.cancelled.code;
      }
      return await remove(context, slipway, credential, orphans);
    });
  },
};

async function remove(
  context: CommandContext,
  slipway: Slipway,
  credential: string,
  orphans: readonly Orphan[],
): Promise<ExitCode> {
  const { world, args } = context;
  const removal = await interruptible(context, (signal) => slipway.vsphere.removeOrphans(credential, orphans, signal));
  const exitCode = removal.kept.some(({ error }) => error) ? exitCodes.failed.code : exitCodes.ok.code;
  if (args.flag('json')) writeJson(world.stdout, { type: 'orphans-removed', ...removal, exitCode });
  else printRemoval(printerFor(world.stdout, world.env), removal);
  return exitCode;
}

function printOrphans(printer: Printer, orphans: readonly Orphan[]): void {
  if (orphans.length === 0) {
    printer.text('Nothing: all that carries our tag belongs to clusters of this inventory.');
    return;
  }
  printer.table([
    ['KIND', 'CLUSTER', 'PATH', ''],
    ...orphans.map(({ kind, cluster, path, poweredOn }) => [
      kind === 'vm' ? 'VM' : kind,
      cluster ?? 'unknown',
      path,
      poweredOn ? 'powered on' : '',
    ]),
  ]);
  printer.text('Clusters that another computer has made are not known here: make sure that nobody uses these.');
}

function printRemoval(printer: Printer, { removed, kept, keptDisks }: OrphanRemoval): void {
  printer.text(`Removed ${plural(removed.length, 'object')}.`);
  for (const { orphan, reason } of kept) printer.text(`Kept ${orphan.path}: ${reason}`);
  for (const disk of keptDisks) printer.text(`Kept the disk ${disk}: it was not made with its machine.`);
}
