import type { ProfileSummary } from '#main/api/saved/profiles.ts';
import type { Command, CommandContext } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { printerFor, writeJson } from '../printer.ts';
import { requiredArgument } from '../required.ts';
import { withSlipway } from '../session.ts';
import { readSpecFile, specFileOption } from '../spec-file.ts';

const replaceOption = { name: 'replace', help: 'Replace the profile of that name' };

export const profileList: Command = {
  name: 'profile list',
  summary: 'List the saved cluster specs',
  positionals: [],
  options: [],
  run(context) {
    const { world, args } = context;
    return withSlipway(context, async (slipway) => {
      const profiles = await slipway.profiles.list();
      const printer = printerFor(world.stdout, world.env);
      if (args.flag('json')) writeJson(world.stdout, { type: 'profiles', profiles });
      else if (profiles.length === 0)
        printer.text('No profiles yet. Save one: slipway profile save <name> -f cluster.yaml');
      else printer.table([['PROFILE', 'RELEASE', 'MACHINES', 'DESCRIPTION'], ...profiles.map(row)]);
      return exitCodes.ok.code;
    });
  },
};

export const profileShow: Command = {
  name: 'profile show',
  summary: 'Print the cluster spec of a profile, to start from',
  positionals: ['name'],
  options: [],
  run(context) {
    const { world, args } = context;
    const name = requiredArgument(context, 0, 'name', 'which profile');
    return withSlipway(context, async (slipway) => {
      const { description, text } = await slipway.profiles.get(name);
      if (args.flag('json')) writeJson(world.stdout, { type: 'profile', name, description, text });
      else world.stdout.write(text);
      return exitCodes.ok.code;
    });
  },
};

export const profileSave: Command = {
  name: 'profile save',
  summary: 'Save a cluster spec under a name, to make other clusters from',
  positionals: ['name'],
  options: [specFileOption, { name: 'description', value: 'text', help: 'What it is for' }, replaceOption],
  details: [
    "The cluster's name and its given machines (spec.machines) are left out: they belong to one cluster. The spec need not be complete.",
  ],
  async run(context) {
    const { args } = context;
    const name = requiredArgument(context, 0, 'name', 'what the profile is called');
    const { source } = await readSpecFile(context);
    const description = args.text('description');
    return withSlipway(context, async (slipway) => {
      const profile = { name, text: source.text, ...(description === undefined ? {} : { description }) };
      return saved(context, await slipway.profiles.save(profile, { replace: args.flag('replace') }));
    });
  },
};

export const profileRemove: Command = {
  name: 'profile remove',
  summary: 'Remove a profile; clusters that were made from it stay',
  positionals: ['name'],
  options: [],
  run(context) {
    const { world, args } = context;
    const name = requiredArgument(context, 0, 'name', 'which profile');
    return withSlipway(context, async (slipway) => {
      await slipway.profiles.remove(name);
      if (args.flag('json')) writeJson(world.stdout, { type: 'profile-removed', name });
      else world.stdout.write(`Removed the profile ${name}.\n`);
      return exitCodes.ok.code;
    });
  },
};

export const profileExport: Command = {
  name: 'profile export',
  summary: 'Print a profile as a file for somebody else, or save it',
  positionals: ['name'],
  options: [{ name: 'output', short: 'o', value: 'file', help: 'Write it to this file, readable by you only' }],
  run(context) {
    const { world, args } = context;
    const name = requiredArgument(context, 0, 'name', 'which profile');
    const output = args.text('output');
    return withSlipway(context, async (slipway) => {
      const { text } = await slipway.profiles.export(name);
      if (output !== undefined) await world.writePrivateFile(output, text);
      if (args.flag('json'))
        writeJson(world.stdout, {
          type: 'profile-exported',
          name,
          ...(output === undefined ? { text } : { path: output }),
        });
      else world.stdout.write(output === undefined ? text : `Written to ${output}.\n`);
      return exitCodes.ok.code;
    });
  },
};

export const profileImport: Command = {
  name: 'profile import',
  summary: 'Keep a profile that "profile export" has written',
  positionals: ['file'],
  options: [replaceOption],
  async run(context) {
    const { world, args } = context;
    const text = await world.readText(requiredArgument(context, 0, 'file', 'the exported profile'));
    return withSlipway(context, async (slipway) =>
      saved(context, await slipway.profiles.import(text, { replace: args.flag('replace') })),
    );
  },
};

function saved({ world, args }: CommandContext, profile: ProfileSummary) {
  if (args.flag('json')) writeJson(world.stdout, { type: 'profile', ...profile });
  else world.stdout.write(`Saved the profile ${profile.name}.\n`);
  return exitCodes.ok.code;
}

function row({ name, release, machines, description }: ProfileSummary): readonly string[] {
  return [name, release ?? 'newest', String(machines), description];
}
