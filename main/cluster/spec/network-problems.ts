import type { SlipwayError } from '#shared/errors/define.ts';
import { specErrors } from '#shared/errors/spec.ts';
import type { ClusterSpec } from '#shared/spec/cluster.ts';
import { parseRange } from '#shared/network/address-range.ts';
import { addressCount, contains, type Network, overlaps, parseCidr, parseIpv4 } from '#shared/network/cidr.ts';
import { countOf, machineGroups } from './machine-groups.ts';

type Spec = ClusterSpec['spec'];

interface Named extends Network {
  readonly field: string;
  readonly text: string;
}

export function networkProblems(spec: Spec): readonly SlipwayError[] {
  const pods = named('spec.network.podCidr', spec.network.podCidr);
  const services = named('spec.network.serviceCidr', spec.network.serviceCidr);
  const problems = [pods, services].filter((network) => 'data' in network);
  if ('data' in pods || 'data' in services) return problems;
  return [
    ...(overlaps(pods, services)
      ? [
          specErrors.networks_overlap({
            field: services.field,
            value: services.text,
            other: pods.field,
            otherValue: pods.text,
          }),
        ]
      : []),
    ...addressesInside(spec, [pods, services]),
    ...rangesInside(spec, [pods, services]),
    ...podNetworkSize(spec, pods),
    ...serviceNetworkSize(services),
    ...dnsAddress(spec, services),
  ];
}

function named(field: string, text: string): Named | SlipwayError {
  const network = parseCidr(text);
  if (network) return { ...network, field, text };
  return specErrors.wrong_value({
    field,
    value: `"${text}"`,
    expected: 'must be an IPv4 network such as 10.42.0.0/16',
  });
}

/** A machine whose own address lies in the pod or service network is unreachable from pods, or not at all. */
function addressesInside({ machines }: Spec, networks: readonly Named[]): readonly SlipwayError[] {
  return machines.flatMap((machine, index) => {
    const addresses = [
      { key: 'address', address: machine.address },
      ...(machine.internalAddress && machine.internalAddress !== machine.address
        ? [{ key: 'internalAddress', address: machine.internalAddress }]
        : []),
    ];
    return addresses.flatMap(({ key, address }) => {
      const value = parseIpv4(address);
      const around = value === undefined ? undefined : networks.find((network) => contains(network, value));
      if (!around) return [];
      return [
        specErrors.networks_overlap({
          field: around.field,
          value: around.text,
          other: `spec.machines[${index}].${key}`,
          otherValue: address,
        }),
      ];
    });
  });
}

/** The same for addresses that we give out. */
function rangesInside({ templates }: Spec, networks: readonly Named[]): readonly SlipwayError[] {
  return templates.flatMap((template, t) =>
    template.networks.flatMap(({ addresses }, n) => {
      if (addresses.kind === 'dhcp') return [];
      return addresses.ranges.flatMap((text, r) => {
        const range = parseRange(text);
        if (!range) return [];
        return networks
          .filter(({ base, bits }) => range.first < base + addressCount(bits) && base <= range.last)
          .map((around) =>
            specErrors.networks_overlap({
              field: around.field,
              value: around.text,
              other: `spec.templates[${t}].networks[${n}].addresses.ranges[${r}]`,
              otherValue: text,
            }),
          );
      });
    }),
  );
}

function podNetworkSize(spec: Spec, pods: Named): readonly SlipwayError[] {
  const { network, services } = spec;
  const machines = countOf(machineGroups(spec));
  const { nodeCidrBits } = network;
  if (nodeCidrBits < pods.bits) {
    const expected = `must be at least ${pods.bits}, the size of spec.network.podCidr (${pods.text}), which is cut into one network per machine`;
    return [specErrors.wrong_value({ field: 'spec.network.nodeCidrBits', value: String(nodeCidrBits), expected })];
  }
  const problems: SlipwayError[] = [];
  // kube-controller-manager refuses to start otherwise (CIDR set of node IPAM, at most 2^16 networks).
  if (nodeCidrBits - pods.bits > 16) {
    const expected = `must be at most ${pods.bits + 16} for spec.network.podCidr ${pods.text}: at most 65536 machine networks are possible`;
    problems.push(
      specErrors.wrong_value({ field: 'spec.network.nodeCidrBits', value: String(nodeCidrBits), expected }),
    );
  }
  const nodes = 2 ** (nodeCidrBits - pods.bits);
  if (nodes < machines) {
    problems.push(
      specErrors.network_too_small({
        field: pods.field,
        value: pods.text,
        holds: `${nodes} machines of /${nodeCidrBits} each`,
        needs: `${machines} machines`,
      }),
    );
  }
  // Network, bridge and broadcast address are not for pods.
  const podAddresses = addressCount(nodeCidrBits) - 3;
  const { maxPods } = services.kubelet.config;
  const wanted = typeof maxPods === 'number' ? maxPods : 110;
  if (podAddresses < wanted) {
    problems.push(
      specErrors.network_too_small({
        field: 'spec.network.nodeCidrBits',
        value: `${nodeCidrBits}`,
        holds: `${podAddresses} pods on each machine`,
        needs: `${wanted} (spec.services.kubelet.config.maxPods, 110 when left out)`,
      }),
    );
  }
  return problems;
}

/** kube-apiserver takes at most 2^20 addresses; below /28 there is no room for our DNS address. */
function serviceNetworkSize(services: Named): readonly SlipwayError[] {
  if (services.bits >= 12 && services.bits <= 28) return [];
  const expected = 'must be between /12 and /28: kube-apiserver takes no larger one, and DNS needs the 10th address';
  return [specErrors.wrong_value({ field: services.field, value: `"${services.text}"`, expected })];
}

function dnsAddress({ dns }: Spec, services: Named): readonly SlipwayError[] {
  const address = dns.serviceIp === undefined ? undefined : parseIpv4(dns.serviceIp);
  if (dns.serviceIp === undefined || address === undefined) return [];
  const offset = address - services.base;
  // The first is the network itself, the second the Service "kubernetes".
  if (contains(services, address) && offset > 1 && offset < addressCount(services.bits) - 1) return [];
  return [
    specErrors.outside_network({
      field: 'spec.dns.serviceIp',
      value: dns.serviceIp,
      network: services.field,
      networkValue: services.text,
    }),
  ];
}
