import { definePhase } from '#main/engine/phase.ts';
import type { ClusterRun } from '../cluster.ts';
import { configFiles } from '../planes/config-files.ts';
import { configPaths } from '../planes/config-paths.ts';
import { kubernetesFolder } from '../planes/service-container.ts';
import { applyDeployment, checkDeployment, verifyDeployment, type Deployment } from './file-deployer.ts';
import { loadMachineState, type MachineInput } from './machine-state.ts';

/** RKE's file-deployer: the configuration files that API server, kubelet, kube-proxy and nginx-proxy read. */
export const deployFiles = definePhase<ClusterRun, MachineInput>({
  id: 'deploy-files',
  title: 'File-deployer',
  check: async (run, { machine }, { signal }) =>
    checkDeployment(run, machine, await deploymentOf(run, machine), signal),
  apply: async (run, { machine }, context) => applyDeployment(run, machine, await deploymentOf(run, machine), context),
  verify: async (run, { machine }, context) =>
    verifyDeployment(run, machine, await deploymentOf(run, machine), context),
});

const ourPaths: readonly string[] = [
  configPaths.admission,
  configPaths.auditPolicy,
  configPaths.authnWebhook,
  configPaths.encryption,
  configPaths.kubelet,
  configPaths.kubeProxy,
  configPaths.nginx,
];

async function deploymentOf(run: ClusterRun, name: string): Promise<Deployment> {
  const { machine, facts, material } = await loadMachineState(run, name);
  return {
    deployer: 'file-deployer',
    folder: kubernetesFolder,
    files: configFiles(run.cluster, machine, facts, material),
    isOurs: (path) => ourPaths.includes(path),
  };
}
