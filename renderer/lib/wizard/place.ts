import { placeOf, type Place, type SpecBody, type SpecDocument } from './spec-document.ts';

/** What only one of the two places has. Both may have a jump host, and not the same. */
type Aside = Pick<SpecBody, 'vsphere' | 'templates' | 'pools' | 'ssh' | 'machines'>;

/**
 * The document for the other place, and what had to leave it: given back by the next call, so that a look at the other
 * choice loses nothing.
 */
export function atPlace(
  document: SpecDocument,
  place: Place,
  aside: Aside,
): { readonly document: SpecDocument; readonly aside: Aside } {
  if (placeOf(document) === place) return { document, aside };
  const { vsphere, templates, pools, ssh, machines, ...rest } = document.spec;
  return place === 'vcenter'
    ? {
        document: { ...document, spec: { ...given(aside), vsphere: aside.vsphere ?? { credential: '' }, ...rest } },
        aside: given({ ssh, machines }),
      }
    : {
        // A spec of YAML may have machines of both kinds.
        document: { ...document, spec: { ...given({ machines, ...given(aside) }), ...rest } },
        aside: given({ vsphere, templates, pools, ssh }),
      };
}

/** Without the keys that have no value. */
function given(aside: Aside): Aside {
  return Object.fromEntries(Object.entries(aside).filter(([, value]) => value !== undefined));
}
