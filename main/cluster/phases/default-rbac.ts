import { definePhase, done, todo } from '#main/engine/phase.ts';
import { addonErrors } from '#shared/errors/addon.ts';
import { defaultRbacObjects } from '../access/default-rbac.ts';
import { difference } from '../addons/difference.ts';
import { at } from '../addons/json-path.ts';
import { refOf, titleOf } from '../addons/manifest.ts';
import type { ClusterRun } from '../cluster.ts';

/** The service account of the add-on jobs, and kube-apiserver's rights on the kubelets. */
export const defaultRbac = definePhase<ClusterRun, Record<string, never>>({
  id: 'default-rbac',
  title: 'Default roles',
  async check(run, _input, { signal }) {
    const wrong = await firstWrong(run, signal);
    return wrong === undefined ? done('all objects are as wanted') : todo(wrong);
  },
  async apply({ kube }, _input, { signal }) {
    for (const object of defaultRbacObjects()) {
      const found = await kube.get(refOf(object), signal);
      // The API lets nobody change a binding's role: the binding has to be made anew.
      const rebound = found && difference(object['roleRef'], at(found, 'roleRef')) !== undefined;
      if (rebound) await kube.remove(refOf(object), signal);
      await kube.apply(object, signal);
    }
  },
  async verify(run, _input, { signal }) {
    const wrong = await firstWrong(run, signal);
    if (wrong !== undefined) throw addonErrors.not_as_written({ addon: 'The default roles', difference: wrong });
  },
});

async function firstWrong({ kube }: ClusterRun, signal: AbortSignal): Promise<string | undefined> {
  const looks = defaultRbacObjects().map(async (object) => {
    const found = await kube.get(refOf(object), signal);
    const changed = found ? difference(object, found) : 'it is missing';
    return changed === undefined ? undefined : `${titleOf(refOf(object))}: ${changed}`;
  });
  return (await Promise.all(looks)).find((text) => text !== undefined);
}
