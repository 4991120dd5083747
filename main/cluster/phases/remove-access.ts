import { definePhase, done, todo } from '#main/engine/phase.ts';
import type { ClusterRun } from '../cluster.ts';
import { clusterTag, runCategory } from '../provision/names.ts';
import { vsphereOf } from '../provision/planned.ts';

const kinds = ['vsphere-rule', 'vsphere-folder', 'vsphere-tag'] as const;

/** Removes what the machines of a cluster shared in vCenter, when they are gone: rules, folders and tags. */
export const removeAccess = definePhase<ClusterRun, Record<string, never>>({
  id: 'remove-access',
  title: 'Remove access',
  async check(run) {
    const left = await ours(run);
    return left.length > 0 ? todo(`${String(left.length)} things of ours are left`) : done('nothing of ours is left');
  },
  async apply(run, _input, context) {
    const vsphere = vsphereOf(run);
    const { signal } = context;
    for (const artefact of await ours(run)) {
      switch (artefact.kind) {
        case 'vsphere-rule': {
          const [id = '', ...name] = artefact.key.split('/');
          await vsphere.removeRule({ cluster: { type: 'ClusterComputeResource', id }, name: name.join('/') }, signal);
          break;
        }
        case 'vsphere-folder':
          if (!(await vsphere.removeFolder(artefact.key, signal))) {
            context.warn(`The folder ${artefact.key} is not empty: it was left, and is no longer ours.`);
          }
          break;
        default:
          // Tags go by what is there: a run may have made one and died before it knew.
          break;
      }
      if (artefact.kind !== 'vsphere-tag') await run.inventory.forgetArtefacts([artefact]);
    }
    const prefix = `${run.cluster.id}.`;
    const recorded = (await ours(run)).flatMap(({ kind, key }) =>
      kind === 'vsphere-tag' && key.startsWith(`${runCategory}/`) ? [key.slice(runCategory.length + 1)] : [],
    );
    // Those that are gone as well: the category goes with its last tag, and that may have been broken off.
    for (const name of new Set([...(await vsphere.tagsIn(runCategory, signal)), ...recorded])) {
      if (name.startsWith(prefix)) await vsphere.removeTag({ category: runCategory, name }, signal);
    }
    await vsphere.removeTag(clusterTag(run.cluster), signal);
    await run.inventory.forgetArtefacts((await ours(run)).filter(({ kind }) => kind === 'vsphere-tag'));
  },
  async verify(run) {
    const left = await ours(run);
    if (left.length > 0) throw new Error(`Still recorded: ${left.map(({ key }) => key).join(', ')}`); // the inventory's
  },
});

/** Rules before folders before tags; of folders the deepest first. */
async function ours(run: ClusterRun) {
  const artefacts = await run.inventory.artefacts();
  return kinds.flatMap((kind) =>
    artefacts.filter((artefact) => artefact.kind === kind).sort((a, b) => b.key.length - a.key.length),
  );
}
