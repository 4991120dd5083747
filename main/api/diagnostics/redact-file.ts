import { withoutSecrets } from '#main/secrets/without-secrets.ts';
import { parseStored } from '#main/store/database/stored-json.ts';
import type { Json } from '#shared/json.ts';
import type { ClusterSpec } from '#shared/spec/cluster.ts';

/** Free text in a spec that is somebody's own: nobody can tell whether there is a secret in it. */
const ownText: ReadonlySet<string> = new Set([
  'yaml',
  'cloudInit',
  'extraConfig',
  'extraArgs',
  'configuration',
  'policy',
]);

/** A spec without what a person wrote into it that is not ours to understand, and without what is named like a secret. */
export function specToShow(spec: ClusterSpec): Json {
  return withoutSecrets(withoutOwnText(plainJson(spec)));
}

function withoutOwnText(value: Json): Json {
  if (Array.isArray(value)) return value.map((element: Json) => withoutOwnText(element));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => {
      if (field === undefined || !ownText.has(name)) return [name, field && withoutOwnText(field)];
      const size = JSON.stringify(field).length;
      // `{}` says that there is nothing, and that is worth knowing.
      return [name, size > 2 ? `[left out: ${String(size)} characters]` : field];
    }),
  );
}

/** As it will be written: without `undefined`, maps and the like. */
export function plainJson(value: object): Json {
  return parseStored<Json>(JSON.stringify(value));
}
