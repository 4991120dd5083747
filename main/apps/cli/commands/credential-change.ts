import type { CheckedCredential, GivenTrust } from '#main/api/saved/credentials.ts';
import { cliErrors } from '#shared/errors/cli.ts';
import { certificateInteraction } from '../certificates.ts';
import type { Command, CommandContext, Option } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { interruptible } from '../interruptible.ts';
import { firstLine, givenPassword, passwordFileOption, passwordOrAsk } from '../passwords.ts';
import { writeJson } from '../printer.ts';
import { requiredArgument, requiredOption } from '../required.ts';
import { withSlipway } from '../session.ts';

const loginOptions: readonly Option[] = [
  { name: 'address', value: 'host', help: 'Host name or IP address of the vCenter, with :port if it is not 443' },
  { name: 'user', value: 'name', help: 'User of the vCenter: name, name@domain or domain\\name' },
  passwordFileOption,
  { name: 'ca', value: 'file', help: "PEM of the CA that signed vCenter's certificate (default: this computer's CAs)" },
  { name: 'thumbprint', value: 'sha256', help: "SHA-256 thumbprint of vCenter's certificate, instead of a CA" },
  { name: 'proxy', value: 'url', help: 'HTTP proxy: http://proxy:3128 or http://user@proxy:3128' },
  { name: 'proxy-password-file', value: 'file', help: "Read the proxy user's password from its first line" },
];

export const credentialAdd: Command = {
  name: 'credential add',
  summary: 'Keep a cloud credential: a vCenter, a user, and the password sealed',
  positionals: ['name'],
  options: loginOptions,
  details: [
    'The server is verified before the password is sent: by the CAs of this computer, by --ca, or by a thumbprint that you approve once. Then one login is tried; when it is refused, nothing is kept.',
    'The password is never an argument: other users of this computer could read it there.',
  ],
  run(context) {
    const { args } = context;
    const name = requiredArgument(context, 0, 'name', 'what the credential is called in cluster specs');
    const address = requiredOption(context, 'address', 'host', 'where the vCenter is');
    const user = requiredOption(context, 'user', 'name', 'who logs in');
    const password = passwordOrAsk(context, `${user} at ${address}`);
    return withSlipway(context, async (slipway) => {
      const proxy = args.text('proxy');
      const rest = await trustAndProxyPassword(context);
      const given = { name, address, user, password, ...(proxy === undefined ? {} : { proxy }), ...rest };
      const interaction = certificateInteraction(context);
      const added = await interruptible(context, (signal) => slipway.credentials.add(given, interaction, signal));
      return print(context, added, `Added the cloud credential ${name}`);
    });
  },
};

export const credentialUpdate: Command = {
  name: 'credential update',
  summary: 'Change a cloud credential: a new password, user, address or certificate',
  positionals: ['name'],
  options: [...loginOptions, { name: 'no-proxy', help: 'Connect without a proxy from now on' }],
  details: [
    'Without options it asks for a new password. What is not given stays. The server is verified and one login is tried first; when it is refused, everything stays as it was.',
  ],
  run(context) {
    const { args } = context;
    const name = requiredArgument(context, 0, 'name', 'which credential');
    const [address, user, proxy] = [args.text('address'), args.text('user'), args.text('proxy')];
    if (proxy !== undefined && args.flag('no-proxy')) throw exclude(context, '--proxy', '--no-proxy');
    // Another user has another password. Where nothing is to change but it, it is asked for.
    const others = [address, proxy, args.text('ca'), args.text('thumbprint'), args.text('proxy-password-file')];
    const onlyPassword = !args.flag('no-proxy') && others.every((value) => value === undefined);
    const needsPassword = user !== undefined || onlyPassword;
    const password = needsPassword ? passwordOrAsk(context, user ?? `the credential ${name}`) : givenPassword(context);
    return withSlipway(context, async (slipway) => {
      const changes = {
        ...(address === undefined ? {} : { address }),
        ...(user === undefined ? {} : { user }),
        ...(password === undefined ? {} : { password }),
        ...(args.flag('no-proxy') ? { proxy: null } : proxy === undefined ? {} : { proxy }),
        ...(await trustAndProxyPassword(context)),
      };
      const interaction = certificateInteraction(context);
      const changed = await interruptible(context, (signal) =>
        slipway.credentials.update(name, changes, interaction, signal),
      );
      return print(context, changed, `Changed the cloud credential ${name}`);
    });
  },
};

async function trustAndProxyPassword(
  context: CommandContext,
): Promise<{ readonly trust?: GivenTrust; readonly proxyPassword?: string }> {
  const { world, args } = context;
  const [ca, sha256, file] = [args.text('ca'), args.text('thumbprint'), args.text('proxy-password-file')];
  if (ca !== undefined && sha256 !== undefined) throw exclude(context, '--ca', '--thumbprint');
  const proxyPassword = file === undefined ? {} : { proxyPassword: await firstLine(world, file) };
  if (sha256 !== undefined) return { trust: { kind: 'thumbprint', sha256 }, ...proxyPassword };
  if (ca !== undefined) return { trust: { kind: 'ca', pem: await world.readText(ca) }, ...proxyPassword };
  return proxyPassword;
}

function exclude({ command }: CommandContext, option: string, other: string) {
  return cliErrors.options_exclude({ command, option, other });
}

function print({ world, args }: CommandContext, checked: CheckedCredential, done: string) {
  const { credential, vcenter } = checked;
  if (args.flag('json')) writeJson(world.stdout, { type: 'credential', ...checked });
  else world.stdout.write(`${done}: ${vcenter.loggedInAs} at ${credential.address}, ${vcenter.version}.\n`);
  return exitCodes.ok.code;
}
