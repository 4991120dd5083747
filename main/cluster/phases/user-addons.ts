import { definePhase } from '#main/engine/phase.ts';
import type { AddOn } from '#shared/spec/cluster.ts';
import { verifyAddOn } from '../addons/await-rollout.ts';
import { checkAddOn, checkRemoved, deployAddOn, removeAddOn } from '../addons/deploy.ts';
import type { Manifest } from '../addons/manifest.ts';
import { type AddOnText, userManifest } from '../addons/user-manifest.ts';
import type { ClusterRun } from '../cluster.ts';

/** The person's own manifests, all in one job. With none left in the spec, what earlier ones made is removed. */
export const userAddons = definePhase<ClusterRun, Record<string, never>>({
  id: 'user-addons',
  title: 'User add-ons',
  async check(run, _input, context) {
    return hasAny(run)
      ? checkAddOn(run, await read(run, context.signal), context)
      : checkRemoved(run, 'rke-user-addon', context);
  },
  async apply(run, _input, context) {
    if (hasAny(run)) await deployAddOn(run, await read(run, context.signal), context);
    else await removeAddOn(run, 'rke-user-addon', context);
  },
  async verify(run, _input, context) {
    if (hasAny(run)) await verifyAddOn(run, await read(run, context.signal), context);
  },
});

function hasAny({ cluster }: ClusterRun): boolean {
  return cluster.spec.addons.length > 0;
}

/** In the spec's order, which is the order in which they are applied. */
async function read(run: ClusterRun, signal: AbortSignal): Promise<Manifest> {
  const texts: AddOnText[] = [];
  for (const addon of run.cluster.spec.addons) texts.push({ name: addon.name, text: await textOf(run, addon, signal) });
  return userManifest(texts);
}

async function textOf({ sources }: ClusterRun, addon: AddOn, signal: AbortSignal): Promise<string> {
  switch (addon.from) {
    case 'inline':
      return addon.yaml;
    case 'file':
      return sources.text(addon.path, signal);
    case 'url':
      return sources.text(addon.url, signal);
  }
}
