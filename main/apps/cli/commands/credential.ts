import type { CredentialSummary } from '#main/api/saved/credentials.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { interruptible } from '../interruptible.ts';
import { printerFor, writeJson } from '../printer.ts';
import { requiredArgument } from '../required.ts';
import { withSlipway } from '../session.ts';

export const credentialList: Command = {
  name: 'credential list',
  summary: 'List the cloud credentials, without their passwords',
  positionals: [],
  options: [],
  run(context) {
    const { world, args } = context;
    return withSlipway(context, async (slipway) => {
      const credentials = await slipway.credentials.list();
      const printer = printerFor(world.stdout, world.env);
      if (args.flag('json')) writeJson(world.stdout, { type: 'credentials', credentials });
      else if (credentials.length === 0)
        printer.text('No cloud credentials yet. Add one: slipway credential add <name>');
      else {
        printer.table([
          ['CREDENTIAL', 'ADDRESS', 'USER', 'TRUSTED BY', 'USED BY'],
          ...credentials.map((credential) => [
            credential.name,
            credential.address,
            credential.user,
            trustedBy(credential),
            credential.usedBy.join(', '),
          ]),
        ]);
      }
      return exitCodes.ok.code;
    });
  },
};

export const credentialCheck: Command = {
  name: 'credential check',
  summary: 'Verify the vCenter of a cloud credential and log in',
  positionals: ['name'],
  options: [],
  run(context) {
    const { world, args } = context;
    const name = requiredArgument(context, 0, 'name', 'which credential');
    return withSlipway(context, async (slipway) => {
      const checked = await interruptible(context, (signal) => slipway.credentials.check(name, signal));
      const { credential, vcenter } = checked;
      if (args.flag('json')) writeJson(world.stdout, { type: 'credential', ...checked });
      else {
        printerFor(world.stdout, world.env).table([
          ['Address', credential.address],
          ['Trusted by', trustedBy(credential, true)],
          ['Version', vcenter.version],
          ['Logged in as', vcenter.loggedInAs],
          ['Proxy', credential.proxy ?? 'none'],
          ['Used by', credential.usedBy.join(', ') || 'no cluster'],
        ]);
      }
      return exitCodes.ok.code;
    });
  },
};

export const credentialRemove: Command = {
  name: 'credential remove',
  summary: 'Remove a cloud credential that no cluster uses',
  positionals: ['name'],
  options: [],
  run(context) {
    const { world, args } = context;
    const name = requiredArgument(context, 0, 'name', 'which credential');
    return withSlipway(context, async (slipway) => {
      await slipway.credentials.remove(name);
      if (args.flag('json')) writeJson(world.stdout, { type: 'credential-removed', name });
      else world.stdout.write(`Removed the cloud credential ${name}.\n`);
      return exitCodes.ok.code;
    });
  },
};

function trustedBy({ trust }: CredentialSummary, whole = false): string {
  switch (trust.kind) {
    case 'system':
      return 'CAs of this computer';
    case 'ca':
      return 'its CA';
    case 'thumbprint':
      return `thumbprint ${whole ? trust.sha256 : `${trust.sha256.slice(0, 11)}…`}`;
  }
}
