import type { StepContext } from '#main/engine/phase.ts';
import { imageErrors } from '#shared/errors/image.ts';
import type { ClusterRun } from '../cluster.ts';
import type { RegistryLogin } from '../ports.ts';
import { registryLogin } from './registry-login.ts';

/**
 * Makes Docker on a machine have an image with the digest that the other machines have; the first one found or pulled
 * is recorded. An image that was built there has no digest ('') and is taken as it is.
 * @throws `image.digest_differs`.
 */
export async function ensureDockerImage(
  run: ClusterRun,
  machine: string,
  image: string,
  context: StepContext,
): Promise<void> {
  const found = (await run.docker.images(machine, [image], context.signal)).get(image);
  const recorded = (await run.inventory.imageDigests()).get(image);
  if (found !== undefined && fits(found, recorded)) {
    if (found === '')
      context.warn(`${image} on ${machine} was built there: it cannot be compared with other machines.`);
    await recordDigest(run, machine, image, found);
    return;
  }
  const login = await loginFor(run, image);
  context.log(`${machine}: pulling ${image}`);
  const digest = await run.docker.pull(
    machine,
    image,
    login,
    (progress) => context.progress({ ...progress, label: image }),
    context.signal,
  );
  await recordDigest(run, machine, image, digest);
}

/** The same for containerd's `k8s.io` namespace; its registries and logins are in the machine's own `certs.d`. */
export async function ensurePodImage(
  run: ClusterRun,
  machine: string,
  image: string,
  context: StepContext,
): Promise<void> {
  const found = (await run.machines.podImages(machine, context.signal)).get(image);
  const recorded = (await run.inventory.imageDigests()).get(image);
  if (found !== undefined && fits(found, recorded)) {
    await recordDigest(run, machine, image, found);
    return;
  }
  context.log(`${machine}: pulling ${image} for pods`);
  const digest = await run.machines.pullPodImage(
    machine,
    image,
    (progress) => context.progress({ ...progress, label: image }),
    context.signal,
  );
  await recordDigest(run, machine, image, digest);
}

/** Whether an image of this digest may stay; without a recorded one the first found becomes it. */
export function fits(digest: string, recorded: string | undefined): boolean {
  return digest === '' || recorded === undefined || digest === recorded;
}

async function recordDigest(run: ClusterRun, machine: string, image: string, digest: string): Promise<void> {
  if (digest === '') return;
  const expected = (await run.inventory.imageDigests()).get(image);
  if (expected === undefined) await run.inventory.putImageDigest(image, digest);
  else if (expected !== digest) throw imageErrors.digest_differs({ image, machine, digest, expected });
}

async function loginFor(run: ClusterRun, image: string): Promise<RegistryLogin | undefined> {
  const registry = run.cluster.spec.registries.find(({ server }) => image.startsWith(`${server}/`));
  return registry && registryLogin(run, registry);
}
