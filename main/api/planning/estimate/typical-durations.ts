/**
 * What one step of a phase took, in ms: the medians of docs/recorded-demo.txt, run-20261122t222202-3c7447 (three machines
 * made in a vCenter, Docker from packages, images from a registry nearby). A real vCenter clones longer than the lab's;
 * the first finished run of a person's own replaces all of this.
 */
export const typicalMs: ReadonlyMap<string, number> = new Map([
  ['prepare-access', 200],
  ['create-machine', 1_000],
  ['first-boot', 6_000],
  ['anti-affinity', 100],
  ['open-ssh', 600],
  ['compare-machines', 300],
  ['install-docker', 36_000],
  ['node-config', 2_500],
  ['certificates', 1_800],
  ['start-port-listeners', 11_000],
  ['check-ports', 8_200],
  ['stop-port-listeners', 1_900],
  ['pull-images', 26_000],
  ['deploy-certificates', 600],
  ['deploy-files', 600],
  ['etcd-plane', 2_100],
  ['control-plane', 4_200],
  ['default-rbac', 600],
  ['worker-plane', 3_100],
  ['network-plugin', 11_000],
  ['coredns', 13_000],
  ['metrics-server', 28_000],
  ['finish', 300],
]);
