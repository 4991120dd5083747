import { definePhase, todo, type StepContext } from '#main/engine/phase.ts';
import type { Seen } from '#main/engine/until.ts';
import type { ClusterRun } from '../cluster.ts';
import type { ContainerSpec } from '../container-spec.ts';
import { restoreContainer, settleContainer } from '../containers.ts';
import { kubeProxyContainer } from '../planes/kube-proxy.ts';
import { kubeletContainer } from '../planes/kubelet.ts';
import { nginxProxyContainer } from '../planes/nginx-proxy.ts';
import { loadMachineState, type MachineInput, type MachineState } from './machine-state.ts';
import { nodeDifference, registerNode } from './node-registration.ts';
import { checkContainers, ensureContainers, probeHealth, together } from './plane-containers.ts';

/**
 * kubelet and kube-proxy of one machine of any role, nginx-proxy where there is no kube-apiserver; and the labels and
 * taints of its node, which a kubelet may not give itself (NodeRestriction).
 */
export const workerPlane = definePhase<ClusterRun, MachineInput>({
  id: 'worker-plane',
  title: 'Worker plane',
  async check(run, { machine }, { signal }) {
    const state = await loadMachineState(run, machine);
    const containers = await checkContainers(run, machine, specsOf(run, state), signal);
    if (containers.kind === 'todo') return containers;
    const missing = await nodeDifference(run, state.machine, signal);
    return missing === undefined ? containers : todo(missing);
  },
  async apply(run, { machine }, context) {
    const state = await loadMachineState(run, machine);
    const specs = specsOf(run, state);
    await ensureContainers(run, machine, specs, context);
    // First healthy: a kubelet that cannot start is told with its log, not as a node that never appears.
    await together(specs.map(({ name }) => settled(run, state, name, context)));
    await registerNode(run, state.machine, context);
  },
  async verify(run, { machine }, context) {
    const state = await loadMachineState(run, machine);
    await together(specsOf(run, state).map(({ name }) => settled(run, state, name, context)));
    const missing = await nodeDifference(run, state.machine, context.signal);
    if (missing !== undefined) throw new Error(`Node ${machine} was registered, but ${missing}`);
  },
  async undo(run, { machine }, { signal }) {
    const specs = specsOf(run, await loadMachineState(run, machine));
    await together(specs.map(({ name }) => restoreContainer(run, machine, name, signal)));
  },
});

function specsOf({ cluster }: ClusterRun, { machine, facts, files }: MachineState): readonly ContainerSpec[] {
  return [
    ...(machine.roles.includes('controlplane') ? [] : [nginxProxyContainer(cluster, files)]),
    kubeletContainer(cluster, machine, facts, files),
    kubeProxyContainer(cluster, machine, files),
  ];
}

async function settled(run: ClusterRun, state: MachineState, name: string, context: StepContext): Promise<void> {
  const machine = state.machine.name;
  const wait = {
    what: `${name} on ${machine} is healthy`,
    withinMs: run.cluster.spec.timeouts.apiReady * 1000,
    probe: (signal: AbortSignal) => probeOf(run, state, name, signal),
  };
  await settleContainer(run, machine, name, wait, context);
}

async function probeOf(run: ClusterRun, state: MachineState, name: string, signal: AbortSignal): Promise<Seen> {
  const { machine, material } = state;
  const urls: Readonly<Record<string, string>> = {
    kubelet: 'http://127.0.0.1:10248/healthz',
    'kube-proxy': 'http://127.0.0.1:10256/healthz',
    'nginx-proxy': 'https://127.0.0.1:6443/healthz',
  };
  const seen = await probeHealth(run, machine.name, urls[name] ?? '', material, signal);
  // The API refuses anonymous callers: a 401 from a server of our CA is all that nginx-proxy has to bring about.
  const relayed = name === 'nginx-proxy' && seen.seen.startsWith('HTTP 401');
  return relayed ? { met: true, seen: seen.seen } : seen;
}
