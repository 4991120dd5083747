import type { Json } from '#shared/json.ts';
import { harmless, secretName } from './redactor.ts';

/**
 * The same without the fields whose name says that they hold a secret (`password`, `bearerToken` …), wherever they stand.
 * Where a secret is (`vault:name`, `file:…`, `env:…`) stays: that is none.
 */
export function withoutSecrets(value: Json): Json {
  if (Array.isArray(value)) return value.map((element: Json) => withoutSecrets(element));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name, field]) => !isSecret(name, field));
  return Object.fromEntries(
    kept.map(([name, field]) => [name, field === undefined ? undefined : withoutSecrets(field)]),
  );
}

function isSecret(name: string, field: Json | undefined): boolean {
  if (!secretName.test(name)) return false;
  return typeof field === 'number' || (typeof field === 'string' && !harmless.test(field));
}
