import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** As kubectl chooses the file that it writes to. */
export function kubeconfigPath(env: Readonly<Record<string, string | undefined>>): string {
  const first = (env['KUBECONFIG'] ?? '').split(delimiter).find((path) => path !== '');
  return first ?? join(env['HOME'] ?? homedir(), '.kube', 'config');
}
