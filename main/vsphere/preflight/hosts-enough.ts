import type { Finding } from '#main/cluster/vsphere-port.ts';
import type { MachinePool } from '#shared/spec/node-template.ts';
import type { Cluster, EsxiHost } from '../inventory/choices.ts';
import { listText, stop, warn } from './finding.ts';

export interface HostsWish {
  readonly pool: Pick<MachinePool, 'name' | 'count' | 'antiAffinity'>;
  readonly cluster: Pick<Cluster, 'path' | 'kind' | 'drs'>;
  /** That the pool's machines can be on: connected, not in maintenance, allowed by the template. */
  readonly usable: readonly Pick<EsxiHost, 'path'>[];
  /** Those of them that cannot take machines now. */
  readonly out: readonly Pick<EsxiHost, 'path' | 'connected'>[];
}

/** Whether the machines of a pool can be kept on different hosts, and which hosts are missing. */
export function hostsEnough({ pool, cluster, usable, out }: HostsWish): readonly Finding[] {
  return [...tooFew({ pool, cluster, usable, out }), ...withoutDrs(pool, cluster), ...hostsOut(out)];
}

function tooFew({ pool, cluster, usable }: HostsWish): readonly Finding[] {
  const { name, count, antiAffinity } = pool;
  if (antiAffinity === 'none' || count <= usable.length) return [];
  const hosts = usable.length === 1 ? 'host' : 'hosts';
  const can = `${cluster.path} has ${String(usable.length)} ${hosts} for them`;
  return antiAffinity === 'must'
    ? [
        stop(
          `pool ${name}`,
          `its ${String(count)} machines must be on different hosts, and ${can}.`,
          `Make ${String(usable.length)} machines or fewer, add hosts, or set "antiAffinity: should".`,
        ),
      ]
    : [
        warn(
          `pool ${name}`,
          `its ${String(count)} machines should be on different hosts, and ${can}: some will share one.`,
          'Add hosts, or accept that one failing host takes several machines with it.',
        ),
      ];
}

function withoutDrs(
  { name, antiAffinity, count }: HostsWish['pool'],
  cluster: HostsWish['cluster'],
): readonly Finding[] {
  if (antiAffinity === 'none' || count < 2 || cluster.kind !== 'cluster' || cluster.drs) return [];
  return [
    warn(
      `pool ${name}`,
      `DRS is off in ${cluster.path}, so nothing keeps machines on different hosts later.`,
      'Slipway itself puts neighbours on different hosts when it makes them, and leaves a rule for DRS. Turn DRS on to keep it so.',
    ),
  ];
}

function hostsOut(out: HostsWish['out']): readonly Finding[] {
  const names = (connected: boolean) => out.filter((host) => host.connected === connected).map(({ path }) => path);
  const lost = names(false);
  const resting = names(true);
  return [
    ...(lost.length === 0
      ? []
      : [
          warn(
            `host ${listText(lost)}`,
            'vCenter has lost the connection to it: it gets no machines.',
            'Reconnect it in vCenter.',
          ),
        ]),
    ...(resting.length === 0
      ? []
      : [
          warn(
            `host ${listText(resting)}`,
            'it is in maintenance mode: it gets no machines.',
            'End its maintenance mode if it should.',
          ),
        ]),
  ];
}
