/** Where the person is: the fragment of the address, so that links, back and reload work on every host. */
export type Route =
  | { readonly page: 'clusters' }
  | { readonly page: 'cluster'; readonly cluster: string }
  | { readonly page: 'run'; readonly run: string; readonly step?: string }
  | { readonly page: 'new-cluster' }
  | { readonly page: 'unknown' };

export function routeOf(hash: string): Route {
  const [path = '', query] = hash.replace(/^#?\/?/, '').split('?', 2);
  const [page, id, more] = path.split('/').map(decode);
  if (more !== undefined) return { page: 'unknown' };
  if (page === undefined || page === '') return { page: 'clusters' };
  if (page === 'clusters') return id ? { page: 'cluster', cluster: id } : { page: 'clusters' };
  if (page === 'new' && id === undefined) return { page: 'new-cluster' };
  if (page !== 'runs' || !id) return { page: 'unknown' };
  const step = new URLSearchParams(query).get('step');
  return { page: 'run', run: id, ...(step === null ? {} : { step }) };
}

export function hrefOf(route: Exclude<Route, { page: 'unknown' }>): string {
  switch (route.page) {
    case 'clusters':
      return '#/clusters';
    case 'cluster':
      return `#/clusters/${encodeURIComponent(route.cluster)}`;
    case 'new-cluster':
      return '#/new';
    case 'run': {
      const step = route.step === undefined ? '' : `?step=${encodeURIComponent(route.step)}`;
      return `#/runs/${encodeURIComponent(route.run)}${step}`;
    }
  }
}

/** An address somebody typed may hold anything. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
