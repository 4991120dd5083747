import { type PrivilegeUse, requiredPrivileges } from './required-privileges.ts';

export interface RolePart {
  /** Where the person who administers vCenter grants it. */
  readonly on: string;
  /** `false`: only when this is used. */
  readonly always: boolean;
  readonly privileges: readonly string[];
}

const parts: readonly { readonly on: string; readonly always: boolean; readonly uses: readonly PrivilegeUse[] }[] = [
  { on: 'the vCenter itself (root folder)', always: true, uses: ['tags'] },
  { on: 'each template that is cloned', always: true, uses: ['source'] },
  { on: 'the folder of the machines, propagated', always: true, uses: ['folder', 'taggedFolder'] },
  { on: 'the folder above, if Slipway makes the folder', always: false, uses: ['folderParent'] },
  { on: 'the resource pool', always: true, uses: ['pool'] },
  { on: 'each network', always: true, uses: ['network'] },
  { on: 'each datastore or datastore cluster', always: true, uses: ['datastore', 'cloudInitIso'] },
  { on: 'the cluster of hosts, for anti-affinity', always: false, uses: ['antiAffinity'] },
  { on: 'the root folder, for custom attributes', always: false, uses: ['customAttributes'] },
  { on: 'the root folder, for content libraries', always: false, uses: ['contentLibrary', 'libraryTarget'] },
];

/** What the user of a cloud credential needs: as little as our calls do. Preflight looks for exactly these. */
export function slipwayRole(): readonly RolePart[] {
  return parts.map(({ on, always, uses }) => ({
    on,
    always,
    privileges: [...new Set(uses.flatMap((use): readonly string[] => requiredPrivileges[use]))].sort(),
  }));
}
