/** An image reference in its parts, with Docker's defaults filled in. */
export interface ImageReference {
  /** `host[:port]`; `docker.io` where the reference names none. */
  readonly server: string;
  /** `library/nginx`. */
  readonly repository: string;
  /** Tag, or `sha256:…`. */
  readonly version: string;
}

/** Reads `[server/]repository[:tag][@digest]` as Docker does (distribution/reference, "normalized named"). */
export function parseReference(reference: string): ImageReference {
  const [named = '', digest] = reference.split('@');
  const slash = named.indexOf('/');
  const first = slash < 0 ? '' : named.slice(0, slash);
  const isServer = first.includes('.') || first.includes(':') || first === 'localhost';
  const server = isServer ? first : 'docker.io';
  const path = isServer ? named.slice(slash + 1) : named;
  const colon = path.lastIndexOf(':');
  const repository = colon < 0 ? path : path.slice(0, colon);
  return {
    server,
    repository: server === 'docker.io' && !repository.includes('/') ? `library/${repository}` : repository,
    version: digest ?? (colon < 0 ? 'latest' : path.slice(colon + 1)),
  };
}
