import { definePhase } from '#main/engine/phase.ts';
import { certificateFiles, isOurCertificateFile } from '../certificates/files.ts';
import { loadMaterial } from '../certificates/material.ts';
import { sslFolder } from '../certificates/names.ts';
import { machineNamed, type ClusterRun } from '../cluster.ts';
import { applyDeployment, checkDeployment, verifyDeployment, type Deployment } from './file-deployer.ts';
import type { MachineInput } from './machine-state.ts';

/** RKE's cert-deployer: each machine gets the certificates and keys of its own components, and no others. */
export const deployCertificates = definePhase<ClusterRun, MachineInput>({
  id: 'deploy-certificates',
  title: 'Cert-deployer',
  check: async (run, { machine }, { signal }) =>
    checkDeployment(run, machine, await deploymentOf(run, machine), signal),
  apply: async (run, { machine }, context) => applyDeployment(run, machine, await deploymentOf(run, machine), context),
  verify: async (run, { machine }, context) =>
    verifyDeployment(run, machine, await deploymentOf(run, machine), context),
});

async function deploymentOf(run: ClusterRun, machine: string): Promise<Deployment> {
  return {
    deployer: 'cert-deployer',
    folder: sslFolder,
    files: certificateFiles(machineNamed(run.cluster, machine), await loadMaterial(run.inventory, run.cluster)),
    isOurs: isOurCertificateFile,
  };
}
