import PQueue from 'p-queue';
import { definePhase, done, type StepContext, todo } from '#main/engine/phase.ts';
import { imageErrors } from '#shared/errors/image.ts';
import { type ClusterRun, machineNamed } from '../cluster.ts';
import { imagesOf } from '../nodes/images-of-machine.ts';
import { ensureDockerImage, ensurePodImage, fits } from '../nodes/pull-image.ts';

/** Docker itself loads three layers at a time; more images at once only compete for the same line. */
const imagesAtOnce = 3;

/** All images of a machine, with the same digests as everywhere else in the cluster. */
export const pullImages = definePhase<ClusterRun, { readonly machine: string }>({
  id: 'pull-images',
  title: 'Pull images',
  async check(run, { machine }, context) {
    const { all, absent, otherDigest, unrecorded } = await look(run, machine, context);
    if (absent.length > 0) return todo(`${absent.length} of ${all} images are missing`);
    if (otherDigest.length > 0) return todo(`${otherDigest.length} of ${all} images have another digest`);
    return unrecorded ? todo('digests to be recorded') : done(`all ${all} images are there`);
  },
  async apply(run, { machine }, context) {
    const { docker, pods } = await imagesHere(run, machine);
    const queue = new PQueue({ concurrency: imagesAtOnce });
    const ended = await Promise.allSettled([
      ...docker.map((image) => queue.add(() => ensureDockerImage(run, machine, image, context))),
      ...pods.map((image) => queue.add(() => ensurePodImage(run, machine, image, context))),
    ]);
    const failed = ended.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  },
  async verify(run, { machine }, context) {
    const { absent, otherDigest } = await look(run, machine, context);
    const [other] = otherDigest;
    if (other) throw imageErrors.digest_differs({ ...other, machine });
    const [image] = absent;
    if (image !== undefined) throw imageErrors.gone_after_pull({ image, machine });
  },
});

interface Look {
  readonly all: number;
  readonly absent: readonly string[];
  readonly otherDigest: readonly { readonly image: string; readonly digest: string; readonly expected: string }[];
  /** There, but the cluster does not know its digest yet. */
  readonly unrecorded: boolean;
}

async function look(run: ClusterRun, machine: string, { signal }: StepContext): Promise<Look> {
  const { docker, pods } = await imagesHere(run, machine);
  const recorded = await run.inventory.imageDigests();
  const [inDocker, inContainerd] = await Promise.all([
    run.docker.images(machine, docker, signal),
    podDigests(run, machine, pods, signal),
  ]);
  const found = [
    ...docker.map((image) => ({ image, digest: inDocker.get(image) })),
    ...pods.map((image) => ({ image, digest: inContainerd.get(image) })),
  ];
  return {
    all: found.length,
    absent: found.flatMap(({ image, digest }) => (digest === undefined ? [image] : [])),
    otherDigest: found.flatMap(({ image, digest }) => {
      const expected = recorded.get(image);
      const isOther = digest !== undefined && expected !== undefined && !fits(digest, expected);
      return isOther ? [{ image, digest, expected }] : [];
    }),
    unrecorded: found.some(({ image, digest }) => digest !== '' && digest !== undefined && !recorded.has(image)),
  };
}

async function podDigests(
  { machines }: ClusterRun,
  machine: string,
  pods: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  return pods.length > 0 ? machines.podImages(machine, signal) : new Map();
}

/** Without root containerd cannot be asked: there the kubelet pulls when pods start. */
async function imagesHere(run: ClusterRun, machine: string) {
  const images = imagesOf(run.cluster, machineNamed(run.cluster, machine));
  const facts = await run.inventory.facts(machine);
  return facts?.privilege === 'docker-group' ? { docker: images.docker, pods: [] } : images;
}
