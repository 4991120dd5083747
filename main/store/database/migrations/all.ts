import { firstTables } from './0010-first-tables.ts';
import { vsphere } from './0020-vsphere.ts';
import { profilesAndDrafts } from './0030-profiles-and-drafts.ts';
import type { Migration } from './migration.ts';

/** In rising order of version. */
export const migrations: readonly Migration[] = [firstTables, vsphere, profilesAndDrafts];
