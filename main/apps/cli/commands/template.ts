import { stringify } from 'yaml';
import type { TemplateSummary } from '#main/api/saved/templates.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { printerFor, writeJson } from '../printer.ts';
import { requiredArgument } from '../required.ts';
import { withSlipway } from '../session.ts';

export const templateAdd: Command = {
  name: 'template add',
  summary: 'Keep a node template, which machine pools of any cluster spec can name',
  positionals: ['file'],
  options: [{ name: 'replace', help: 'Replace the template of that name' }],
  details: [
    'The file is one entry of spec.templates of a cluster spec, YAML or JSON; "-" is standard input. Clusters that exist keep the template that they were made with until their next "slipway up".',
  ],
  async run(context) {
    const { world, args } = context;
    const file = requiredArgument(context, 0, 'file', 'the node template');
    const text = await world.readText(file);
    return withSlipway(context, async (slipway) => {
      const added = await slipway.templates.add(text, { replace: args.flag('replace') });
      if (args.flag('json')) writeJson(world.stdout, { type: 'template', ...added });
      else {
        for (const warning of added.warnings) world.stdout.write(`! ${warning}\n`);
        world.stdout.write(`Kept the node template ${added.template.name}.\n`);
      }
      return exitCodes.ok.code;
    });
  },
};

export const templateList: Command = {
  name: 'template list',
  summary: 'List the node templates of the inventory',
  positionals: [],
  options: [],
  run(context) {
    const { world, args } = context;
    return withSlipway(context, async (slipway) => {
      const templates = await slipway.templates.list();
      const printer = printerFor(world.stdout, world.env);
      if (args.flag('json')) writeJson(world.stdout, { type: 'templates', templates });
      else if (templates.length === 0) printer.text('No node templates yet. Add one: slipway template add <file>');
      else printer.table([['TEMPLATE', 'FROM', 'CPUS', 'MEMORY', 'NETWORKS', 'USED BY'], ...templates.map(row)]);
      return exitCodes.ok.code;
    });
  },
};

export const templateShow: Command = {
  name: 'template show',
  summary: 'Print a node template with all defaults, as "template add" takes it',
  positionals: ['name'],
  options: [],
  run(context) {
    const { world, args } = context;
    const name = requiredArgument(context, 0, 'name', 'which template');
    return withSlipway(context, async (slipway) => {
      const shown = await slipway.templates.show(name);
      if (args.flag('json')) writeJson(world.stdout, { type: 'template', ...shown });
      else world.stdout.write(stringify(shown.template));
      return exitCodes.ok.code;
    });
  },
};

export const templateRemove: Command = {
  name: 'template remove',
  summary: 'Remove a node template that no cluster uses',
  positionals: ['name'],
  options: [],
  run(context) {
    const { world, args } = context;
    const name = requiredArgument(context, 0, 'name', 'which template');
    return withSlipway(context, async (slipway) => {
      await slipway.templates.remove(name);
      if (args.flag('json')) writeJson(world.stdout, { type: 'template-removed', name });
      else world.stdout.write(`Removed the node template ${name}.\n`);
      return exitCodes.ok.code;
    });
  },
};

function row({ template, usedBy }: TemplateSummary): readonly string[] {
  const { name, source, cpus, memoryMiB, networks } = template;
  const from = 'vm' in source ? source.vm : `${source.library}: ${source.item}`;
  const nets = networks.map(({ network }) => network).join(', ');
  return [name, from, String(cpus), `${String(memoryMiB)} MiB`, nets, usedBy.join(', ')];
}
