import type { Command } from './command.ts';
import { cancel } from './commands/cancel.ts';
import { diagnostics } from './commands/diagnostics.ts';
import { down } from './commands/down.ts';
import { credentialAdd, credentialUpdate } from './commands/credential-change.ts';
import { credentialCheck, credentialList, credentialRemove } from './commands/credential.ts';
import { helpFor } from './commands/help.ts';
import { kubeconfig } from './commands/kubeconfig.ts';
import { logs } from './commands/logs.ts';
import { plan } from './commands/plan.ts';
import { poolList } from './commands/pool-list.ts';
import {
  profileExport,
  profileImport,
  profileList,
  profileRemove,
  profileSave,
  profileShow,
} from './commands/profile.ts';
import { releaseList } from './commands/release-list.ts';
import { resume } from './commands/resume.ts';
import { secretList, secretPut, secretRemove } from './commands/secret.ts';
import { status } from './commands/status.ts';
import { templateAdd, templateList, templateRemove, templateShow } from './commands/template.ts';
import { up } from './commands/up.ts';
import { version } from './commands/version.ts';
import { vsphereList } from './commands/vsphere-list.ts';
import { vsphereOrphans } from './commands/vsphere-orphans.ts';
import { vsphereRole } from './commands/vsphere-role.ts';

/** In the order in which a person meets them. */
export const commands: readonly Command[] = [
  up,
  plan,
  status,
  logs,
  cancel,
  resume,
  down,
  kubeconfig,
  credentialAdd,
  credentialList,
  credentialCheck,
  credentialUpdate,
  credentialRemove,
  vsphereList,
  vsphereOrphans,
  vsphereRole,
  templateAdd,
  templateList,
  templateShow,
  templateRemove,
  profileList,
  profileShow,
  profileSave,
  profileRemove,
  profileExport,
  profileImport,
  secretList,
  secretPut,
  secretRemove,
  poolList,
  releaseList,
  diagnostics,
  version,
  helpFor(() => commands),
];
