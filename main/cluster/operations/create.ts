import type { Phase } from '#main/engine/phase.ts';
import { type Plan, type PlannedStep, planStep, stepId } from '#main/engine/plan.ts';
import type { Json } from '#shared/json.ts';
import type { Target } from '#shared/run/events.ts';
import { type Cluster, type ClusterRun, type Machine, machinesWith } from '../cluster.ts';
import { antiAffinity } from '../phases/anti-affinity.ts';
import { checkImages } from '../phases/check-images.ts';
import { checkPorts, startPortListeners, stopPortListeners } from '../phases/port-checks.ts';
import { certificates } from '../phases/certificates.ts';
import { compareMachines } from '../phases/compare-machines.ts';
import { controlPlane } from '../phases/control-plane.ts';
import { coredns } from '../phases/coredns.ts';
import { defaultRbac } from '../phases/default-rbac.ts';
import { createMachine } from '../phases/create-machine.ts';
import { deployCertificates } from '../phases/deploy-certificates.ts';
import { deployFiles } from '../phases/deploy-files.ts';
import { etcdPlane } from '../phases/etcd-plane.ts';
import { finish } from '../phases/finish.ts';
import { firstBoot } from '../phases/first-boot.ts';
import { installDocker } from '../phases/install-docker.ts';
import { kubeconfig } from '../phases/kubeconfig.ts';
import { metricsServer } from '../phases/metrics-server.ts';
import { networkPlugin } from '../phases/network-plugin.ts';
import { nodeConfig } from '../phases/node-config.ts';
import { nodeReady } from '../phases/node-ready.ts';
import { openSsh } from '../phases/open-ssh.ts';
import { prepareAccess } from '../phases/prepare-access.ts';
import { pullImages } from '../phases/pull-images.ts';
import { userAddons } from '../phases/user-addons.ts';
import { workerPlane } from '../phases/worker-plane.ts';
import type { PlannedMachine } from '../provision/plan-machines.ts';
import { plannedMachines } from '../provision/planned.ts';

/** Those that a cluster of given machines has no use for. */
export const vcenterPhases = [prepareAccess, createMachine, firstBoot, antiAffinity] as const;

/** The phases of `create`, in the order in which the person sees them. The steps' own order is the graph below. */
export const createPhases = [
  ...vcenterPhases,
  openSsh,
  compareMachines,
  checkImages,
  installDocker,
  nodeConfig,
  certificates,
  startPortListeners,
  checkPorts,
  stopPortListeners,
  kubeconfig,
  pullImages,
  deployCertificates,
  deployFiles,
  etcdPlane,
  controlPlane,
  defaultRbac,
  workerPlane,
  networkPlugin,
  nodeReady,
  coredns,
  metricsServer,
  userAddons,
  finish,
] as const;

/** What the inventory knows already when a plan is made. */
export interface Existing {
  /** Machines that were part of this cluster at the end of an earlier run. */
  readonly joined: ReadonlySet<string>;
}

/**
 * The plan of `slipway up`: brings a cluster to its spec, from nothing or from what is there. Pure and sorted.
 *
 * On a running cluster etcd members and control planes are taken one after another, so that a changed certificate or
 * flag never stops two at once; in a new cluster they start together.
 */
export function planCreate(cluster: Cluster, existing: Existing): Plan {
  const steps: PlannedStep[] = [];
  const add: AddStep = (phase, target, input, changes, edges = {}) => {
    steps.push(planStep(phase, { target, input, changes, ...edges }));
  };

  const everywhere = (phase: { readonly id: string }): string[] => cluster.machines.map((m) => on(phase, m));
  const whole: Target = { kind: 'cluster', name: cluster.name };
  const once = (phase: { readonly id: string }): string => stepId(phase, whole);
  const rolling = existing.joined.size > 0;

  const etcd = machinesWith(cluster, 'etcd');
  const control = machinesWith(cluster, 'controlplane');
  // A worker that was part of the cluster and is away now must not keep us from the others, and neither must one that
  // could not be made. A given machine that has never joined is input: if it is wrong, nothing at all is changed.
  const mayBeAway = cluster.machines.filter(
    (m) => (existing.joined.has(m.name) || cluster.planned.has(m.name)) && isOnlyWorker(m),
  );
  const mustBeThere = cluster.machines.filter((m) => !mayBeAway.includes(m));

  addMachinesToMake(cluster, add);
  // A certificate is for an address, so it waits for those that vCenter has still to tell.
  const unknown = cluster.machines.filter(({ address }) => address === '');
  add(certificates, whole, {}, 'Issue the cluster CAs and every missing or outdated certificate', {
    needs: unknown.filter((m) => mustBeThere.includes(m)).map((m) => on(createMachine, m)),
    after: unknown.filter((m) => mayBeAway.includes(m)).map((m) => on(createMachine, m)),
  });
  add(kubeconfig, { kind: 'local', name: cluster.name }, {}, 'Write the kubeconfig', { needs: [once(certificates)] });
  add(compareMachines, whole, {}, 'Compare the machines with each other', {
    needs: mustBeThere.map((m) => on(openSsh, m)),
    after: mayBeAway.map((m) => on(openSsh, m)),
  });
  const asker = mustBeThere[0] ?? cluster.machines[0];
  if (asker) {
    add(checkImages, whole, { machine: asker.name }, 'Ask the registries for every image', {
      needs: [once(compareMachines)],
    });
  }
  add(checkPorts, whole, {}, 'Check every needed port between the machines', {
    needs: mustBeThere.map((m) => on(startPortListeners, m)),
    after: mayBeAway.map((m) => on(startPortListeners, m)),
  });

  for (const machine of cluster.machines) {
    const input = { machine: machine.name };
    const target: Target = { kind: 'machine', name: machine.name };
    const here = (phase: { readonly id: string }): string => on(phase, machine);
    const roles = machine.roles.join(', ');

    add(openSsh, target, input, `Connect to ${machine.address || 'it'} and look at it`, {
      needs: cluster.planned.has(machine.name) ? [here(firstBoot)] : [],
    });
    add(installDocker, target, input, 'Install and configure Docker and containerd', {
      needs: [here(openSsh), once(checkImages)],
    });
    add(nodeConfig, target, input, 'Write /etc/slipway/node.json', { needs: [here(installDocker)] });
    add(startPortListeners, target, input, 'Listen on the ports of this machine', { needs: [here(installDocker)] });
    add(stopPortListeners, target, input, 'Remove the port listeners', {
      needs: [here(installDocker)],
      // `checkPorts` is blocked as soon as one machine cannot listen; the others may still be starting theirs.
      after: [here(startPortListeners), once(checkPorts)],
    });
    add(pullImages, target, input, `Pull the images for ${roles}`, { needs: [here(installDocker)] });
    const prepared = [here(pullImages), once(certificates), once(checkPorts)];
    add(deployCertificates, target, input, `Copy the certificates of ${roles}`, { needs: prepared });
    add(deployFiles, target, input, `Copy the configuration files of ${roles}`, { needs: prepared });
    const ready = [here(deployCertificates), here(deployFiles), here(stopPortListeners)];

    if (machine.roles.includes('etcd')) {
      add(etcdPlane, target, input, 'Start the etcd member', {
        needs: ready,
        // Not a need: when all members are down none gets its quorum back alone. A healthy one is not touched while
        // another is sick, the phase itself sees to that.
        after: rolling ? previous(etcdPlane, etcd, machine) : [],
      });
    }
    if (machine.roles.includes('controlplane')) {
      add(controlPlane, target, input, 'Start kube-apiserver, kube-controller-manager and kube-scheduler', {
        // Rolling, a flag that breaks the first one goes no further.
        needs: [
          ...ready,
          ...etcd.map((m) => on(etcdPlane, m)),
          ...(rolling ? previous(controlPlane, control, machine) : []),
        ],
      });
    }
    add(workerPlane, target, input, workerPlaneChanges(machine), {
      needs: [...ready, once(defaultRbac)],
    });
    add(nodeReady, target, input, 'Wait until the node is Ready', {
      needs: [here(workerPlane), once(networkPlugin)],
    });
  }

  add(defaultRbac, whole, {}, 'Apply the default roles and the add-on deployer', {
    needs: control.map((m) => on(controlPlane, m)),
  });
  add(networkPlugin, whole, {}, `Deploy the network plugin ${cluster.spec.network.plugin}`, {
    needs: [once(defaultRbac)],
  });
  // Their jobs use the host's network, so they need not wait for the pods': only their pods do, and start with it.
  add(coredns, whole, {}, 'Deploy coredns', { needs: [once(defaultRbac)] });
  add(metricsServer, whole, {}, 'Deploy metrics-server', { needs: [once(defaultRbac)] });
  // With a network plugin of the person's own, it comes with these, and everything else waits for it.
  const bringsNetwork = cluster.spec.network.plugin === 'none';
  add(userAddons, whole, {}, 'Deploy the add-ons of the spec', {
    needs: [once(networkPlugin)],
    after: bringsNetwork ? [] : [once(coredns), once(metricsServer)],
  });
  add(finish, whole, {}, 'Save the kubeconfig and record what was made', {
    needs: [once(defaultRbac), stepId(kubeconfig, { kind: 'local', name: cluster.name })],
    after: [once(coredns), once(metricsServer), once(userAddons), ...everywhere(nodeReady)],
  });

  const order = new Map<string, number>(createPhases.map((phase, index) => [phase.id, index]));
  steps.sort((a, b) => (order.get(a.phase) ?? 0) - (order.get(b.phase) ?? 0));
  // Phases that this cluster has no use for are no rows.
  const used = new Set(steps.map(({ phase }) => phase));
  return {
    operation: 'create',
    clusterId: cluster.id,
    phases: createPhases.filter(({ id }) => used.has(id)).map(({ id, title }) => ({ id, title })),
    steps,
  };
}

type AddStep = <Input extends Json>(
  phase: Phase<ClusterRun, Input>,
  target: Target,
  input: Input,
  changes: string,
  edges?: { readonly needs?: readonly string[]; readonly after?: readonly string[] },
) => void;

/** From an empty folder in vCenter to machines that let us in. */
function addMachinesToMake(cluster: Cluster, add: AddStep): void {
  const planned = plannedMachines(cluster);
  if (planned.length === 0) return;
  const vcenter: Target = { kind: 'vcenter', name: cluster.spec.vsphere?.credential ?? '' };
  add(prepareAccess, vcenter, {}, 'Look whether vCenter lets us make the machines; make tags and folders');
  const needs = [stepId(prepareAccess, vcenter)];
  for (const one of planned) {
    const target: Target = { kind: 'machine', name: one.machine };
    const input = { machine: one.machine };
    add(createMachine, target, input, machineChanges(one), { needs });
    const created = [stepId(createMachine, target)];
    add(firstBoot, target, input, 'Wait until cloud-init is done; remove its boot image', { needs: created });
  }
  for (const pool of new Set(planned.map((one) => one.pool))) {
    if (pool.antiAffinity === 'none' || pool.count < 2) continue;
    const members = planned.filter((one) => one.pool === pool);
    add(
      antiAffinity,
      { kind: 'vcenter', name: pool.name },
      { pool: pool.name },
      'Keep its machines on different hosts',
      {
        needs,
        // Not while one that never let us in is being removed: a rule written then names a machine that is gone.
        after: members.map(({ machine }) => stepId(firstBoot, { kind: 'machine', name: machine })),
      },
    );
  }
}

function machineChanges({ template, record }: PlannedMachine): string {
  const { source, cpus, memoryMiB, diskGiB } = template;
  const from = 'vm' in source ? source.vm : `${source.library}/${source.item}`;
  const disk = diskGiB === undefined ? '' : `, ${String(diskGiB)} GiB`;
  const address = record.address === '' ? 'an address by DHCP' : record.address;
  return `Clone ${from} (${String(cpus)} CPUs, ${String(memoryMiB)} MiB${disk}) with ${address}`;
}

function on(phase: { readonly id: string }, machine: Machine): string {
  return stepId(phase, { kind: 'machine', name: machine.name });
}

function isOnlyWorker(machine: Machine): boolean {
  return machine.roles.every((role) => role === 'worker');
}

function previous(phase: { readonly id: string }, machines: readonly Machine[], machine: Machine): string[] {
  const before = machines[machines.indexOf(machine) - 1];
  return before ? [on(phase, before)] : [];
}

function workerPlaneChanges(machine: Machine): string {
  return machine.roles.includes('controlplane')
    ? 'Start kubelet and kube-proxy'
    : 'Start nginx-proxy, kubelet and kube-proxy';
}
