import type { Finding } from '#main/cluster/vsphere-port.ts';
import { warn } from './finding.ts';

/** No machine is there yet to try it from. */
export function reachVcenter(cloudProvider: boolean, address: string): readonly Finding[] {
  if (!cloudProvider) return [];
  return [
    warn(
      `vCenter ${address}`,
      `the machines must reach ${address} for the cloud provider and the CSI driver; that is checked on the machines, when they are there.`,
      'Make sure that firewalls let HTTPS through from the networks of the templates to the vCenter.',
    ),
  ];
}
