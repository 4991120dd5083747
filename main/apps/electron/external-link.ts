const longest = 2048;

/**
 * The address as the person's browser is to open it; `undefined` for whatever is not plain https. Other schemes start
 * programs, and a name and password in front of the host make an address look like another one.
 */
export function externalLink(address: string): string | undefined {
  if (address.length > longest) return undefined;
  const url = URL.parse(address);
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '') return undefined;
  return url.href;
}

/** The only way out of the application; everything else stays here. */
export function openExternalLink(address: string, open: (url: string) => Promise<void>): void {
  const url = externalLink(address);
  if (url === undefined) return;
  open(url).catch(() => undefined); // there is no browser: the link says where it leads
}
