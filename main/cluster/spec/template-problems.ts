import type { SlipwayError } from '#shared/errors/define.ts';
import { specErrors } from '#shared/errors/spec.ts';
import type { NodeTemplate, StaticAddresses } from '#shared/spec/node-template.ts';
import { parseRange } from '#shared/network/address-range.ts';
import { addressCount, contains, formatIpv4, type Network, parseIpv4 } from '#shared/network/cidr.ts';
import { keysOfOurs } from '../provision/our-cloud-init.ts';

export function templateProblems(templates: readonly NodeTemplate[]): readonly SlipwayError[] {
  return templates.flatMap((template, index) => {
    const field = `spec.templates[${index}]`;
    const first = templates.findIndex(({ name }) => name === template.name);
    const twice = { field: `${field}.name`, value: template.name, other: `spec.templates[${first}]` };
    return [...(first === index ? [] : [specErrors.duplicate(twice)]), ...nodeTemplateProblems(template, field)];
  });
}

/**
 * What the schema of one node template cannot say. Pure; all problems at once.
 * @param field where it stands: `spec.templates[0]`, or the name of a template of the inventory.
 */
export function nodeTemplateProblems(template: NodeTemplate, field: string): readonly SlipwayError[] {
  return [
    ...cloneProblems(template, field),
    ...hardwareProblems(template, field),
    ...template.networks.flatMap(({ addresses }, index) =>
      addresses.kind === 'dhcp' ? [] : staticProblems(addresses, index, `${field}.networks[${index}].addresses`),
    ),
    ...cloudInitProblems(template, field),
  ];
}

/** What works, but not as one might think. */
export function templateWarnings(templates: readonly NodeTemplate[]): readonly string[] {
  return templates.flatMap(({ networks, cloudInit }, index) => {
    const field = `spec.templates[${index}]`;
    const addresses = networks[0]?.addresses;
    const warnings: string[] = [];
    if (addresses?.kind === 'static' && addresses.gateway === undefined) {
      warnings.push(
        `${field}.networks[0] has static addresses and no gateway: its machines reach their own network only.`,
      );
    }
    if (addresses?.kind === 'static' && addresses.nameservers.length === 0) {
      warnings.push(`${field}.networks[0] has static addresses and no nameservers: its machines can look up no names.`);
    }
    if (/"(\w*passw(or)?d|chpasswd|private_?key)"\s*:\s*["{[]/i.test(JSON.stringify(cloudInit))) {
      warnings.push(
        `${field}.cloudInit seems to hold a password or a key. It is stored and given to vCenter as it is; ` +
          'log in with SSH keys instead, or set it later by a means of your own.',
      );
    }
    return warnings;
  });
}

function cloneProblems({ clone, diskGiB, snapshot, source }: NodeTemplate, field: string): readonly SlipwayError[] {
  const wrong = (key: string, value: string, expected: string) =>
    specErrors.wrong_value({ field: `${field}.${key}`, value, expected });
  const problems: SlipwayError[] = [];
  if (clone === 'linked' && 'library' in source) {
    problems.push(wrong('clone', '"linked"', 'must be "full" for an item of a content library, which has no snapshot'));
  }
  if (clone === 'linked' && diskGiB !== undefined) {
    const expected = 'must be left out for a linked clone: it shares its disk with the source, which keeps its size';
    problems.push(wrong('diskGiB', String(diskGiB), expected));
  }
  if (clone === 'full' && snapshot !== undefined) {
    const expected = 'must be left out for a full clone: only linked clones start from a snapshot';
    problems.push(wrong('snapshot', `"${snapshot}"`, expected));
  }
  return problems;
}

function hardwareProblems({ cpus, coresPerSocket, user }: NodeTemplate, field: string): readonly SlipwayError[] {
  const problems: SlipwayError[] = [];
  if (coresPerSocket !== undefined && cpus % coresPerSocket !== 0) {
    const expected = `must divide ${field}.cpus (${cpus}): every socket has equally many`;
    const value = String(coresPerSocket);
    problems.push(specErrors.wrong_value({ field: `${field}.coresPerSocket`, value, expected }));
  }
  if (user === 'root') {
    const expected = 'must be another user than root: it is made by cloud-init and gets sudo';
    problems.push(specErrors.wrong_value({ field: `${field}.user`, value: '"root"', expected }));
  }
  return problems;
}

/** The network is the one around the gateway or, without one, around the first address. */
function staticProblems(addresses: StaticAddresses, index: number, field: string): readonly SlipwayError[] {
  const { ranges, prefix, gateway } = addresses;
  const gatewayValue = gateway === undefined ? undefined : parseIpv4(gateway);
  const around = gatewayValue ?? ranges.map(parseRange).find((range) => range !== undefined)?.first;
  const network = around === undefined ? undefined : { base: around - (around % addressCount(prefix)), bits: prefix };
  return [
    ...(gateway !== undefined && index > 0
      ? [
          specErrors.wrong_value({
            field: `${field}.gateway`,
            value: gateway,
            expected: 'must be left out here: the default route goes by the first network',
          }),
        ]
      : []),
    ...ranges.flatMap((text, position) => {
      const expected = rangeExpectation(text, network, gatewayValue);
      if (expected === undefined) return [];
      return [specErrors.wrong_value({ field: `${field}.ranges[${position}]`, value: `"${text}"`, expected })];
    }),
  ];
}

/** `undefined` when all is well with it. */
function rangeExpectation(text: string, network: Network | undefined, gateway: number | undefined): string | undefined {
  const range = parseRange(text);
  if (!range || !network) return 'must be an IPv4 address or a range such as 10.0.0.10-10.0.0.40';
  const last = network.base + addressCount(network.bits) - 1;
  const name = `${formatIpv4(network.base)}/${network.bits}`;
  if (!contains(network, range.first) || !contains(network, range.last)) {
    const why = gateway === undefined ? 'where the first address is' : `where the gateway ${formatIpv4(gateway)} is`;
    return `must lie inside ${name}, ${why}`;
  }
  if (range.first === network.base || range.last === last) {
    return `must leave out the first and the last address of ${name}, which no machine can have`;
  }
  if (gateway !== undefined && range.first <= gateway && gateway <= range.last) {
    return `must leave out the gateway ${formatIpv4(gateway)}`;
  }
  return undefined;
}

function cloudInitProblems(template: NodeTemplate, field: string): readonly SlipwayError[] {
  const users: unknown = template.cloudInit['users'];
  const form =
    users === undefined || Array.isArray(users)
      ? []
      : [
          specErrors.wrong_value({
            field: `${field}.cloudInit.users`,
            value: '(not shown)',
            expected: 'must be a list, to which ours is added',
          }),
        ];
  const refused = keysOfOurs(template).map(({ field: key, reason }) =>
    specErrors.not_yours({ field: `${field}.${key}`, reason }),
  );
  return [...form, ...refused];
}
