import type { RunViews } from '#main/api/runs/run-views.ts';
import type { World } from '../world.ts';
import { collectDiagnostics, type Diagnostics, type DiagnosticsWish } from './collect.ts';
import { packDiagnostics, type Packed } from './pack.ts';

/** What a person can give to somebody who helps. */
export interface DiagnosticsApi {
  /** @throws `store.cluster_unknown` */
  collect(wish: DiagnosticsWish, signal: AbortSignal): Promise<Diagnostics>;
  /** The same as one file. @throws `store.cluster_unknown` */
  bundle(wish: DiagnosticsWish, signal: AbortSignal): Promise<Packed & Diagnostics>;
}

export function diagnosticsApi(world: World, views: RunViews): DiagnosticsApi {
  const collect: DiagnosticsApi['collect'] = (wish, signal) => collectDiagnostics(world, views, wish, signal);
  return {
    collect,
    async bundle(wish, signal) {
      const collected = await collect(wish, signal);
      return { ...collected, ...(await packDiagnostics(collected.files, world.clock.now())) };
    },
  };
}
