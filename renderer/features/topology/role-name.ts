import { m } from '#renderer/messages/catalogue.ts';

const names = new Map(Object.entries<string>(m.roles));

/** As a person reads it; a role that nobody knows stays as it is. */
export function roleName(role: string): string {
  return names.get(role) ?? role;
}
