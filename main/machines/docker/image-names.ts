/** What Docker tells of an image in its list. */
export interface ImageNames {
  readonly RepoTags?: readonly string[] | undefined;
  readonly RepoDigests?: readonly string[] | undefined;
}

/** `docker.io/library/nginx` and `nginx` are one to Docker, which always shows the short form. */
export function familiarName(image: string): string {
  return image.replace(/^docker\.io\//, '').replace(/^library\//, '');
}

/** Repository without tag and digest, as Docker shows it. */
export function repositoryOf(image: string): string {
  return familiarName(image)
    .replace(/@.*$/, '')
    .replace(/:[^:/]+$/, '');
}

/** The manifest digest under which the image's own repository knows it; '' for one that was built here. */
export function digestOf(image: string, { RepoDigests }: ImageNames): string {
  const repository = repositoryOf(image);
  const own = RepoDigests?.find((candidate) => repositoryOf(candidate) === repository);
  return own?.slice(own.indexOf('@') + 1) ?? '';
}

/** Whether a listed image is what `image` names. */
export function isNamed(image: string, { RepoTags, RepoDigests }: ImageNames): boolean {
  const name = familiarName(image);
  if (name.includes('@')) {
    const wanted = `${repositoryOf(name)}${name.slice(name.indexOf('@'))}`;
    return RepoDigests?.includes(wanted) ?? false;
  }
  const tagged = /:[^:/]+$/.test(name) ? name : `${name}:latest`;
  return RepoTags?.includes(tagged) ?? false;
}
