import type { Command } from './command.ts';
import { cancel } from './commands/cancel.ts';
import { helpFor } from './commands/help.ts';
import { kubeconfig } from './commands/kubeconfig.ts';
import { logs } from './commands/logs.ts';
import { plan } from './commands/plan.ts';
import { releaseList } from './commands/release-list.ts';
import { resume } from './commands/resume.ts';
import { status } from './commands/status.ts';
import { up } from './commands/up.ts';
import { version } from './commands/version.ts';

/** In the order in which a person meets them. */
export const commands: readonly Command[] = [
  up,
  plan,
  status,
  logs,
  cancel,
  resume,
  kubeconfig,
  releaseList,
  version,
  helpFor(() => commands),
];
