import { hasCode } from '#shared/errors/define.ts';
import { booleanOf, child, children, refOf, textAt, textOf, type XmlElement } from './client/answer.ts';
import { sameRef, type Ref } from './client/reference.ts';
import type { Vcenter } from './client/vcenter.ts';
import { requiredPrivileges, type PrivilegeUse } from './required-privileges.ts';

/** One thing that the user must be able to do. */
export interface PrivilegeNeed {
  readonly use: PrivilegeUse;
  readonly object: Ref;
}

/** What the user cannot do. One entry for each need that is not met, in the order of the needs. */
export interface MissingPrivileges extends PrivilegeNeed {
  readonly privileges: readonly string[];
}

const what = 'look up our privileges';

/**
 * The privileges that the session's user lacks, all at once, before anything is tried. 1 call, whatever the number of
 * objects and privileges; for a vCenter that does not know one of the privileges, 2.
 * @throws `vsphere.not_found` when one of the objects is gone.
 */
export async function missingPrivileges(
  vcenter: Vcenter,
  needs: readonly PrivilegeNeed[],
  signal: AbortSignal,
): Promise<readonly MissingPrivileges[]> {
  if (needs.length === 0) return [];
  const objects = needs
    .map(({ object }) => object)
    .filter((object, at, all) => at === all.findIndex((other) => sameRef(other, object)));
  const granted = await grantedPrivileges(vcenter, objects, needs, signal);
  return needs.flatMap((need) => {
    const held = granted.get(need.object.id);
    const privileges = requiredPrivileges[need.use].filter((privilege) => !held?.has(privilege));
    return privileges.length === 0 ? [] : [{ ...need, privileges }];
  });
}

type Granted = ReadonlyMap<string, ReadonlySet<string>>;

async function grantedPrivileges(
  vcenter: Vcenter,
  objects: readonly Ref[],
  needs: readonly PrivilegeNeed[],
  signal: AbortSignal,
): Promise<Granted> {
  const asked = [...new Set<string>(needs.flatMap(({ use }) => requiredPrivileges[use]))].sort();
  try {
    return await askForThese(vcenter, objects, asked, signal);
  } catch (error) {
    // One unknown privilege (of a newer vSphere, or of a product that is not installed) makes the whole question invalid.
    if (!hasCode(error, 'vsphere.invalid_request')) throw error;
    return await askForAll(vcenter, objects, signal);
  }
}

async function askForThese(
  vcenter: Vcenter,
  objects: readonly Ref[],
  privileges: readonly string[],
  signal: AbortSignal,
): Promise<Granted> {
  const ask = async (): Promise<XmlElement> => {
    const { key } = await vcenter.session(signal);
    const args = { entity: objects, sessionId: key, privId: privileges };
    const target = vcenter.content.authorizationManager;
    return await vcenter.callInSession({ method: 'HasPrivilegeOnEntities', target, args, what }, signal);
  };
  // The session's key is part of the question, so a new session needs a new question.
  const answer = await ask().catch((error: unknown) => {
    if (hasCode(error, 'vsphere.session_expired')) return ask();
    throw error;
  });
  return new Map(
    children(answer, 'returnval').flatMap((row) => {
      const entity = refOf(child(row, 'entity'));
      const held = children(row, 'privAvailability')
        .filter((one) => booleanOf(child(one, 'isGranted')) === true)
        .flatMap((one) => textAt(one, 'privId') ?? []);
      return entity ? [[entity.id, new Set(held)] as const] : [];
    }),
  );
}

/** vSphere 6.5 and newer. */
async function askForAll(vcenter: Vcenter, objects: readonly Ref[], signal: AbortSignal): Promise<Granted> {
  const { userName } = await vcenter.session(signal);
  const target = vcenter.content.authorizationManager;
  const args = { entities: objects, userName };
  const answer = await vcenter.call({ method: 'FetchUserPrivilegeOnEntities', target, args, what }, signal);
  return new Map(
    children(answer, 'returnval').flatMap((row) => {
      const entity = refOf(child(row, 'entity'));
      const held = children(row, 'privileges').flatMap((privilege) => textOf(privilege) ?? []);
      return entity ? [[entity.id, new Set(held)] as const] : [];
    }),
  );
}
