import { choiceKinds, type ChoiceKind, usualKinds, type VsphereChoice } from '#main/api/vsphere/choices.ts';
import { cliErrors } from '#shared/errors/cli.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { interruptible } from '../interruptible.ts';
import { printerFor, writeJson } from '../printer.ts';
import { bytes } from '../render/quantity.ts';
import { requiredArgument } from '../required.ts';
import { withSlipway } from '../session.ts';

export const vsphereList: Command = {
  name: 'vsphere list',
  summary: 'List what a node template can name in the vCenter of a cloud credential',
  positionals: ['credential', 'kind'],
  options: [{ name: 'search', value: 'text', help: 'Only what has every word of it in its path' }],
  details: [
    `Kinds: ${choiceKinds.join(', ')}. Without one: ${usualKinds.join(', ')}.`,
    'A node template names each by its path, or by its name where that is unique.',
  ],
  run(context) {
    const { world, args, command } = context;
    const credential = requiredArgument(context, 0, 'credential', 'whose vCenter');
    const asked = args.positionals[1];
    const kinds = asked === undefined ? usualKinds : choiceKinds.filter((kind) => kind === asked);
    if (asked !== undefined && kinds.length === 0) {
      const known = choiceKinds.join(', ');
      throw cliErrors.wrong_argument({ command, argument: 'kind', value: asked, known });
    }
    return withSlipway(context, async (slipway) => {
      const wanted = { kinds, search: args.text('search') ?? '' };
      const choices = await interruptible(context, (signal) => slipway.vsphere.choices(credential, wanted, signal));
      const printer = printerFor(world.stdout, world.env);
      if (args.flag('json')) writeJson(world.stdout, { type: 'choices', choices });
      else if (choices.length === 0) printer.text('Nothing of that kind is there, or the user may not see it.');
      else printer.table([['KIND', 'NAME', 'PATH', ''], ...choices.map(row)]);
      return exitCodes.ok.code;
    });
  },
};

const singular: Readonly<Record<ChoiceKind, string>> = {
  datacenters: 'datacenter',
  templates: 'template',
  vms: 'VM',
  clusters: 'cluster',
  hosts: 'host',
  pools: 'pool',
  datastores: 'datastore',
  'datastore-clusters': 'datastore cluster',
  networks: 'network',
  folders: 'folder',
  'library-items': 'library item',
  tags: 'tag',
  'custom-attributes': 'custom attribute',
};

function row({ kind, name, path, details }: VsphereChoice): readonly string[] {
  return [singular[kind], name, path, Object.entries(details).flatMap(words).join(', ')];
}

/** What is true by its name, amounts in units; what is not so goes without saying. */
function words([key, value]: readonly [string, string | number | boolean]): readonly string[] {
  const name = key
    .replace(/Bytes$/, '')
    .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .replace(/^(type|version|guest id)$/, '');
  if (typeof value === 'boolean') return value ? [name] : [];
  const amount = key.endsWith('Bytes') ? bytes(Number(value)) : String(value);
  return amount === '' ? [] : [`${name} ${amount}`.trim()];
}
