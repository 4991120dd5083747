/** The application's pages have a scheme of their own: no file of the computer and no other page is of their origin. */
export const appScheme = 'app';
const ownHost = 'slipway';
export const startPage = `${appScheme}://${ownHost}/`;

/**
 * Whether the address is one of ours: by its parts, since a text that begins or ends as ours may lead anywhere.
 * `URL.origin` is "null" for a scheme that only we know.
 */
export function isOwnPage(address: string): boolean {
  const url = URL.parse(address);
  if (!url) return false;
  const { protocol, host, username, password } = url;
  return protocol === `${appScheme}:` && host === ownHost && username === '' && password === '';
}

/** What a window may load, and load again: where it is inside is in the fragment. */
export function isStartPage(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && isOwnPage(address) && url.pathname === '/' && url.search === '';
}

/** A route of renderer/routes.ts: `/clusters/home`. */
export function addressOfPage(page: string): string {
  return `${startPage}#${page}`;
}
