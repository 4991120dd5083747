import type { Datacenter, Places } from '../inventory/choices.ts';
import { nearest } from '../nearest.ts';

/** Where a folder for VMs is, or is to be made. */
export interface FolderPath {
  readonly datacenter: Datacenter;
  /** `/DC0/vm/team-a`, as vCenter's `FindByInventoryPath` wants it. */
  readonly path: string;
}

export interface FolderProblem {
  readonly problem: string;
  readonly remedy: string;
}

/**
 * What a person means by a folder that may not exist yet: `/DC0/vm/team a/k8s`; the name of one that exists; or names
 * below the datacenter's topmost folder (`team a/k8s`).
 * @param datacenter Where all else of the template is; `undefined` when that is not known.
 */
export function folderPathOf(
  text: string | undefined,
  { datacenters, folders }: Pick<Places, 'datacenters' | 'folders'>,
  datacenter: Datacenter | undefined,
): FolderPath | FolderProblem {
  const only = datacenter ?? (datacenters.length === 1 ? datacenters[0] : undefined);
  const written = text?.replace(/\/+$/, '');
  if (written?.startsWith('/')) return absolute(written, datacenters);
  const named = folders.filter(({ name, ref }) => name === written || ref.id === written);
  const inside = only ? named.filter(({ datacenter: its }) => its?.id === only.ref.id) : named;
  const [one, another] = inside;
  if (one && another) {
    return {
      problem: `"${written ?? ''}" is the name of several folders: ${inside.map(({ path }) => path).join(', ')}.`,
      remedy: 'Give the path of the one that is meant.',
    };
  }
  const its = one && datacenters.find(({ ref }) => ref.id === one.datacenter?.id);
  if (one && its) return { datacenter: its, path: one.path };
  if (only) return { datacenter: only, path: `${only.path}/vm${written === undefined ? '' : `/${written}`}` };
  return {
    problem: `it is not clear in which datacenter the folder "${written ?? ''}" is.`,
    remedy: `Give its path: ${datacenters.map(({ path }) => `${path}/vm/${written ?? ''}`).join(' or ')}.`,
  };
}

function absolute(path: string, datacenters: readonly Datacenter[]): FolderPath | FolderProblem {
  const datacenter = datacenters.find((one) => `${path}/`.startsWith(`${one.path}/vm/`));
  if (datacenter) return { datacenter, path };
  const top = datacenters.map((one) => `${one.path}/vm`);
  const near = nearest(datacenters, path.split('/')[1] ?? '').map((one) => `${one}/vm`);
  return {
    problem: `the folder ${path} is in no datacenter that the user can see.`,
    remedy: `A folder for VMs is below ${(near.length > 0 ? near : top.slice(0, 5)).join(' or ')}.`,
  };
}
