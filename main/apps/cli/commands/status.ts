import type { ClusterStatus, ClusterSummary } from '#main/api/clusters/queries.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { printerFor, writeJson } from '../printer.ts';
import type { Printer } from '../printer.ts';
import { liveView } from '../render/live-view.ts';
import { whatExists } from '../render/what-exists.ts';
import { withCluster, withSlipway } from '../session.ts';

export const status: Command = {
  name: 'status',
  summary: 'Show a cluster: machines, certificates and its last run; without a name, all clusters',
  positionals: ['cluster'],
  options: [],
  run(context) {
    const { world, args } = context;
    const json = args.flag('json');
    const printer = printerFor(world.stdout, world.env);
    if (args.positionals.length === 0) {
      return withSlipway(context, async (slipway) => {
        const clusters = await slipway.clusters();
        if (json) writeJson(world.stdout, { type: 'clusters', clusters });
        else printClusters(printer, clusters);
        return exitCodes.ok.code;
      });
    }
    return withCluster(context, async (slipway, cluster) => {
      const found = await slipway.status(cluster);
      if (json) writeJson(world.stdout, { type: 'status', ...found });
      else printStatus(printer, found, world.now());
      return exitCodes.ok.code;
    });
  },
};

function printClusters(printer: Printer, clusters: readonly ClusterSummary[]): void {
  if (clusters.length === 0) {
    printer.text('No clusters yet. Create one: slipway up -f cluster.yaml');
    return;
  }
  printer.table([
    ['CLUSTER', 'RELEASE', 'MACHINES', 'LAST RUN'],
    ...clusters.map((cluster) => [cluster.name, cluster.release, String(cluster.machines), lastRun(cluster)]),
  ]);
}

function printStatus(printer: Printer, status: ClusterStatus, now: number): void {
  const { cluster, machines, certificates, view, exists } = status;
  printer.text(`${cluster.name}  ${cluster.release}  (${cluster.id})`);
  printer.text(`Last run: ${lastRun(cluster)}`);
  const first = certificates.toSorted((a, b) => (a.notAfter < b.notAfter ? -1 : 1))[0];
  if (first) printer.text(`First certificate to expire: ${first.name}, ${first.notAfter}`);
  printer.text('');
  printer.table([
    ['MACHINE', 'ADDRESS', 'ROLES'],
    ...machines.map(({ name, address, roles }) => [name, address, roles.join(', ')]),
  ]);
  if (exists.length > 0) {
    printer.text('');
    printer.text('What exists:');
    for (const text of whatExists(exists)) printer.text(`  ${text}`);
  }
  if (!view) return;
  printer.text('');
  const look = {
    name: cluster.name,
    now,
    rows: Infinity,
    symbols: printer.symbols,
    lastLog: new Map<string, string>(),
  };
  for (const spans of liveView(view, look)) printer.line(spans);
}

function lastRun({ lastRun: run, name }: ClusterSummary): string {
  if (!run) return 'none';
  const at = new Date(run.endedAt ?? run.startedAt).toISOString().slice(0, 19);
  const next = run.state === 'interrupted' ? `, go on with: slipway resume ${name}` : '';
  return `${run.operation} ${run.state} (${run.runId}, ${at}Z)${next}`;
}
