import { definePhase, todo, type StepContext } from '#main/engine/phase.ts';
import type { ClusterRun } from '../cluster.ts';
import type { ContainerSpec } from '../container-spec.ts';
import { removeOwn, restoreContainer, settleContainer } from '../containers.ts';
import { apiserverContainer } from '../planes/apiserver.ts';
import { controllerManagerContainer } from '../planes/controller-manager.ts';
import { schedulerContainer } from '../planes/scheduler.ts';
import { loadMachineState, type MachineInput, type MachineState } from './machine-state.ts';
import { checkContainers, ensureContainers, probeHealth, together } from './plane-containers.ts';

/** kube-apiserver, kube-controller-manager and kube-scheduler of one machine. */
export const controlPlane = definePhase<ClusterRun, MachineInput>({
  id: 'control-plane',
  title: 'Control plane',
  async check(run, { machine }, { signal }) {
    const containers = await checkContainers(run, machine, specsOf(run, await loadMachineState(run, machine)), signal);
    if (containers.kind === 'todo') return containers;
    const { ready, reason } = await run.kube.readyz(machine, signal);
    return ready ? containers : todo(`kube-apiserver is not ready: ${reason}`);
  },
  async apply(run, { machine }, context) {
    const specs = specsOf(run, await loadMachineState(run, machine));
    // A worker that becomes a control plane: nginx-proxy holds the port that kube-apiserver needs.
    await removeOwn(run, machine, 'nginx-proxy', context.signal);
    await ensureContainers(run, machine, specs, context);
  },
  async verify(run, { machine }, context) {
    const state = await loadMachineState(run, machine);
    await apiserverReady(run, machine, context);
    const { health } = run.cluster.release.dialect;
    await together([
      healthy(run, state, 'kube-controller-manager', health.kubeControllerManager, context),
      healthy(run, state, 'kube-scheduler', health.kubeScheduler, context),
    ]);
  },
  async undo(run, { machine }, { signal }) {
    const specs = specsOf(run, await loadMachineState(run, machine));
    await together(specs.map(({ name }) => restoreContainer(run, machine, name, signal)));
  },
});

function specsOf({ cluster }: ClusterRun, { machine, files }: MachineState): readonly ContainerSpec[] {
  return [
    apiserverContainer(cluster, machine, files),
    controllerManagerContainer(cluster, machine, files),
    schedulerContainer(cluster, machine, files),
  ];
}

async function apiserverReady(run: ClusterRun, machine: string, context: StepContext): Promise<void> {
  const wait = {
    what: `kube-apiserver on ${machine} is ready`,
    withinMs: run.cluster.spec.timeouts.apiReady * 1000,
    probe: async (signal: AbortSignal) => {
      const { ready, reason } = await run.kube.readyz(machine, signal);
      return { met: ready, seen: reason };
    },
  };
  await settleContainer(run, machine, 'kube-apiserver', wait, context);
}

async function healthy(
  run: ClusterRun,
  { machine, material }: MachineState,
  name: string,
  url: string,
  context: StepContext,
): Promise<void> {
  const wait = {
    what: `${name} on ${machine.name} is healthy`,
    withinMs: run.cluster.spec.timeouts.apiReady * 1000,
    probe: (signal: AbortSignal) => probeHealth(run, machine.name, url, material, signal),
  };
  await settleContainer(run, machine.name, name, wait, context);
}
