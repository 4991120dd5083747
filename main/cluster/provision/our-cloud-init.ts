import type { NodeTemplate } from '#shared/spec/node-template.ts';
import { isMapping } from './cloud-config.ts';

/** What a template's `cloudInit` must leave alone, and why. */
const ours: Readonly<Record<string, string>> = {
  hostname: 'the pool names its machines',
  fqdn: 'the pool names its machines',
  prefer_fqdn_over_hostname: 'the host name is the name of the node',
  preserve_hostname: 'the host name is the name of the node',
  create_hostname_file: 'the host name is the name of the node',
  ssh_keys: 'it installs the host key by which it knows the machine at the first connection',
  ssh_deletekeys: 'a host key of the template would be the same on every machine',
  ssh_genkeytypes: 'it installs the host key by which it knows the machine at the first connection',
  network: "addresses are those of the template's networks",
  power_state: 'a machine that goes down after its first boot cannot be worked on',
  cloud_init_modules: 'users, keys and host name depend on this list',
  cloud_config_modules: 'users, keys and host name depend on this list',
  cloud_final_modules: 'Slipway waits for the end of this list',
};

const extraConfigOfOurs = /^guestinfo\.(metadata|userdata)(\.encoding)?$/i;

export interface NotYours {
  /** Below the template: `cloudInit.users[1]`. */
  readonly field: string;
  readonly reason: string;
}

/** Keys of a template's `cloudInit` and `extraConfig` that our access to the machine depends on. */
export function keysOfOurs(template: Pick<NodeTemplate, 'cloudInit' | 'extraConfig' | 'user'>): readonly NotYours[] {
  return [
    ...Object.keys(template.cloudInit).flatMap((key) => {
      const reason = Object.hasOwn(ours, key) ? ours[key] : undefined;
      return reason === undefined ? [] : [{ field: `cloudInit.${key}`, reason }];
    }),
    ...usersOfOurs(template),
    ...Object.keys(template.extraConfig)
      .filter((key) => extraConfigOfOurs.test(key))
      .map((key) => ({ field: `extraConfig["${key}"]`, reason: 'cloud-init reads its documents there' })),
  ];
}

function usersOfOurs({ cloudInit, user }: Pick<NodeTemplate, 'cloudInit' | 'user'>): readonly NotYours[] {
  const users: unknown = cloudInit['users'];
  if (!Array.isArray(users)) return [];
  return users.flatMap((entry: unknown, index) => {
    const name = isMapping(entry) ? entry['name'] : entry;
    if (name !== user) return [];
    return [{ field: `cloudInit.users[${index}]`, reason: `"${user}" is the user that it logs in as` }];
  });
}
