import { definePhase, done } from '#main/engine/phase.ts';
import { errorData } from '#shared/errors/define.ts';
import { withProblems } from '#shared/errors/problems.ts';
import { registryErrors } from '#shared/errors/registry.ts';
import type { ClusterRun } from '../cluster.ts';
import { imagesOf } from '../nodes/images-of-machine.ts';
import { registryLogin } from '../nodes/registry-login.ts';
import type { RegistryLogin } from '../ports.ts';

/**
 * Asks the registries, from one of the machines, for every image of the cluster: a refused login or a missing image is
 * known before anything is changed. It only looks, so all of it is in `check`; images that were pulled for this cluster
 * before are not asked for again.
 */
export const checkImages = definePhase<ClusterRun, { readonly machine: string }>({
  id: 'check-images',
  title: 'Check images',
  async check(run, { machine }, { signal }) {
    const { cluster } = run;
    const known = await run.inventory.imageDigests();
    const images = cluster.machines.map((each) => imagesOf(cluster, each));
    const needed = new Set(images.flatMap(({ docker, pods }) => [...docker, ...pods]));
    const unknown = [...needed].filter((image) => !known.has(image)).sort();
    if (unknown.length === 0) return done('all images have been pulled for this cluster before');
    const logins = new Map<string, RegistryLogin | undefined>();
    for (const registry of cluster.spec.registries) logins.set(registry.server, await registryLogin(run, registry));
    const results = await Promise.allSettled(
      unknown.map((image) => {
        const registry = cluster.spec.registries.find(({ server }) => image.startsWith(`${server}/`));
        const settings = { insecure: registry?.insecure ?? false, ca: registry?.ca };
        const login = registry && logins.get(registry.server);
        return run.registries.manifestDigest(machine, image, settings, login, signal);
      }),
    );
    signal.throwIfAborted();
    const problems = results.flatMap((result) => (result.status === 'rejected' ? [errorData(result.reason)] : []));
    if (problems.length > 0)
      throw withProblems(registryErrors.images_unusable({ count: problems.length }), distinct(problems));
    return done(`the registries have all ${String(unknown.length)} images`);
  },
  async apply() {
    // Nothing to do: check never asks for it.
  },
  async verify() {
    // As above.
  },
});

/** A refused login is one problem, not one per image. */
function distinct<T extends { readonly cause: string }>(problems: readonly T[]): readonly T[] {
  return [...new Map(problems.map((problem) => [problem.cause, problem])).values()];
}
