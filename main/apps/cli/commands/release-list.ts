import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { printerFor, writeJson } from '../printer.ts';
import { withSlipway } from '../session.ts';

export const releaseList: Command = {
  name: 'release list',
  summary: 'List the Kubernetes releases that can be built',
  positionals: [],
  options: [{ name: 'images', help: 'Add the images of each release, for mirroring into a private registry' }],
  run(context) {
    const { world, args } = context;
    return withSlipway(context, async (slipway) => {
      const releases = slipway.releases();
      if (args.flag('json')) {
        writeJson(world.stdout, { type: 'releases', releases });
        return exitCodes.ok.code;
      }
      const printer = printerFor(world.stdout, world.env);
      const note = (release: (typeof releases)[number]) =>
        release.isDefault ? 'default' : release.legacy ? 'legacy: to adopt old clusters only' : '';
      const row = (release: (typeof releases)[number]) => [release.version, release.endOfSupport, note(release)];
      if (!args.flag('images')) {
        printer.table([['RELEASE', 'SUPPORTED UNTIL', ''], ...releases.map(row)]);
        return exitCodes.ok.code;
      }
      for (const release of releases) {
        printer.text(row(release).join('  ').trimEnd());
        printer.table(Object.entries(release.images).map(([component, image]) => [`  ${component}`, image]));
      }
      return exitCodes.ok.code;
    });
  },
};
