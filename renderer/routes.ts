/** Pages of which there is one, at `#/<page>`. */
export const placePages = ['clusters', 'profiles', 'templates', 'credentials', 'settings', 'diagnostics'] as const;
export type PlacePage = (typeof placePages)[number];

/** Where the person is: the fragment of the address, so that links, back and reload work on every host. */
export type Route =
  | { readonly page: PlacePage }
  | { readonly page: 'cluster'; readonly cluster: string; readonly tab?: string }
  | { readonly page: 'run'; readonly run: string; readonly step?: string }
  /** The wizard: anew, with a draft that was left, or begun from a profile. `step`: which of its five is open. */
  | { readonly page: 'new-cluster'; readonly draft?: string; readonly profile?: string; readonly step?: string }
  /** A cluster from the text of its spec. */
  | { readonly page: 'new-spec' }
  | { readonly page: 'unknown' };

export function routeOf(hash: string): Route {
  const [path = '', query] = hash.replace(/^#?\/?/, '').split('?', 2);
  const [page = '', id, more] = path.split('/').map(decode);
  const asked = new URLSearchParams(query);
  if (more !== undefined) return { page: 'unknown' };
  if (page === '') return { page: 'clusters' };
  if (page === 'clusters' && id) return { page: 'cluster', cluster: id, ...some(asked, 'tab') };
  if (page === 'runs' && id) return { page: 'run', run: id, ...some(asked, 'step') };
  if (page === 'new' && id === 'spec') return { page: 'new-spec' };
  if (page === 'new' && id === undefined) {
    return { page: 'new-cluster', ...some(asked, 'draft'), ...some(asked, 'profile'), ...some(asked, 'step') };
  }
  const place = placePages.find((name) => name === page);
  return place && !id ? { page: place } : { page: 'unknown' };
}

export function hrefOf(route: Exclude<Route, { page: 'unknown' }>): string {
  switch (route.page) {
    case 'cluster':
      return `#/clusters/${encodeURIComponent(route.cluster)}${query({ tab: route.tab })}`;
    case 'new-cluster': {
      const { draft, profile, step } = route;
      return `#/new${query({ draft, profile, step })}`;
    }
    case 'new-spec':
      return '#/new/spec';
    case 'run':
      return `#/runs/${encodeURIComponent(route.run)}${query({ step: route.step })}`;
    default:
      return `#/${route.page}`;
  }
}

function some<K extends string>(asked: URLSearchParams, name: K): { readonly [N in K]?: string } {
  const value = asked.get(name);
  const found: { [N in K]?: string } = {};
  if (value !== null) found[name] = value;
  return found;
}

function query(values: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return given.length === 0 ? '' : `?${given.join('&')}`;
}

/** An address somebody typed may hold anything. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
