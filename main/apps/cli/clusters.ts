import type { Slipway } from '#main/api/slipway.ts';
import { cliErrors } from '#shared/errors/cli.ts';

/**
 * The cluster that the person means: the one named, or the only one there is.
 * @throws `cli.no_clusters`, `cli.which_cluster`, `cli.unknown_cluster`
 */
export async function chooseCluster(
  slipway: Slipway,
  name: string | undefined,
  { command, home }: { readonly command: string; readonly home: string },
): Promise<string> {
  const known = (await slipway.clusters()).map((cluster) => cluster.name).sort();
  const [first, ...others] = known;
  if (first === undefined) throw cliErrors.no_clusters({ home });
  if (name !== undefined) {
    if (!known.includes(name)) throw cliErrors.unknown_cluster({ cluster: name, known: known.join(', ') });
    return name;
  }
  if (others.length > 0) throw cliErrors.which_cluster({ command, known: known.join(', ') });
  return first;
}
