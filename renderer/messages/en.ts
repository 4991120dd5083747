import { cluster, kubeconfig, spec } from './en/cluster.ts';
import { clusters, health } from './en/clusters.ts';
import { choose, common, error, operation, roles, status } from './en/common.ts';
import { credentials } from './en/credentials.ts';
import { diagnostics } from './en/diagnostics.ts';
import { newCluster, plan } from './en/plan.ts';
import { profiles } from './en/profiles.ts';
import { questions } from './en/questions.ts';
import { log, run } from './en/run.ts';
import { settings } from './en/settings.ts';
import { shell } from './en/shell.ts';
import { templates } from './en/templates.ts';
import { topology } from './en/topology.ts';
import { sshForm } from './en/wizard-ssh.ts';
import { templateForm } from './en/wizard-template.ts';
import { wizard } from './en/wizard.ts';
import { yaml } from './en/yaml.ts';

/**
 * Every word that a person reads, but those that come from the host: errors, phases and logs are its own. A file of its
 * own for each feature, so that two people rarely write in the same one.
 */
export const en = {
  product: 'Slipway',
  shell,
  common,
  choose,
  error,
  status,
  operation,
  roles,
  clusters,
  health,
  cluster,
  spec,
  kubeconfig,
  run,
  log,
  newCluster,
  plan,
  questions,
  topology,
  yaml,
  wizard,
  templateForm,
  sshForm,
  credentials,
  profiles,
  templates,
  settings,
  diagnostics,
} as const;
