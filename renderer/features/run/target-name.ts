import { m } from '#renderer/messages/catalogue.ts';
import type { GridRow } from './step-grid.ts';

/** As it is read out: `node-1`, and `demo (cluster)` of what is no machine or not the only one of its name. */
export function targetName({ target, needsKind }: GridRow): string {
  return needsKind ? m.run.targetOfKind(target.name, m.run.targetKind[target.kind]) : target.name;
}
