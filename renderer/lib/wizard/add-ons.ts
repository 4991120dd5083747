import type { AddOn } from '#shared/spec/cluster.ts';

/** To be filled in. */
export function addOnFrom(from: AddOn['from'], name: string): AddOn {
  switch (from) {
    case 'inline':
      return { from, name, yaml: '' };
    case 'file':
      return { from, name, path: '' };
    case 'url':
      return { from, name, url: '' };
  }
}

/** One more, whose name no other has. */
export function newAddOn(others: readonly AddOn[]): AddOn {
  const names = new Set(others.map(({ name }) => name));
  let n = 1;
  while (names.has(`add-on-${n}`)) n += 1;
  return addOnFrom('inline', `add-on-${n}`);
}
