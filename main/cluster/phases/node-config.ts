import { definePhase, done, type StepContext, todo } from '#main/engine/phase.ts';
import { preflightErrors } from '#shared/errors/preflight.ts';
import type { Json } from '#shared/json.ts';
import { recordFiles } from '../artefacts.ts';
import { type ClusterRun, machineNamed } from '../cluster.ts';
import { changedFiles } from '../nodes/activation.ts';
import { hashedPaths, nodeConfig as nodeConfigOf, nodeConfigPath, nodeConfigText } from '../nodes/node-config.ts';
import type { RemoteFile } from '../ports.ts';

/** What the machine is told about itself: on the machine, and the same in the inventory. */
export const nodeConfig = definePhase<ClusterRun, { readonly machine: string }>({
  id: 'node-config',
  title: 'Node config',
  async check(run, { machine }, context) {
    if (await isWithoutRoot(run, machine)) return done('nothing may be written there without root');
    const { config, changed } = await look(run, machine, context);
    if (changed.length > 0) return todo(`${nodeConfigPath} is missing or has changed`);
    const kept = await run.inventory.nodeConfig(machine);
    return sameJson(kept, config) ? done('as it was') : todo('not yet kept in the inventory');
  },
  async apply(run, { machine }, context) {
    const { config, changed, isNew } = await look(run, machine, context);
    if (isNew) await recordFiles(run, machine, [nodeConfigPath]);
    if (changed.length > 0) await run.machines.writeFiles(machine, changed, context.signal);
    await run.inventory.putNodeConfig(machine, config);
  },
  async verify(run, { machine }, context) {
    const { changed } = await look(run, machine, context);
    if (changed.length > 0) throw preflightErrors.not_configured({ machine, paths: nodeConfigPath });
  },
});

async function look(
  run: ClusterRun,
  machine: string,
  { signal }: StepContext,
): Promise<{ readonly config: Json; readonly changed: readonly RemoteFile[]; readonly isNew: boolean }> {
  const found = await run.machines.readFiles(machine, [...hashedPaths, nodeConfigPath], signal);
  const config = nodeConfigOf(run.cluster, machineNamed(run.cluster, machine), found);
  const content = new TextEncoder().encode(nodeConfigText(config));
  const changed = changedFiles([{ path: nodeConfigPath, content, mode: 0o644 }], found);
  return { config, changed, isNew: !found.has(nodeConfigPath) };
}

async function isWithoutRoot({ inventory }: ClusterRun, machine: string): Promise<boolean> {
  return (await inventory.facts(machine))?.privilege === 'docker-group';
}

function sameJson(kept: Json | undefined, config: Json): boolean {
  return kept !== undefined && JSON.stringify(kept) === JSON.stringify(config);
}
