import { definePhase, done, todo } from '#main/engine/phase.ts';
import { waitErrors } from '#shared/errors/wait.ts';
import { machineNamed, type ClusterRun } from '../cluster.ts';
import type { KubeObject } from '../ports.ts';
import type { MachineInput } from './machine-state.ts';
import { isMapping, nodeRef } from './node-registration.ts';
import { withDeadline } from './with-deadline.ts';

/** Waits until the node is Ready, which it is only when the network plugin runs on it. Changes nothing. */
export const nodeReady = definePhase<ClusterRun, MachineInput>({
  id: 'node-ready',
  title: 'Node ready',
  async check(run, { machine }, { signal }) {
    const node = await run.kube.get(nodeRef(machineNamed(run.cluster, machine)), signal);
    const { ready, reason } = readiness(node);
    return ready ? done('the node is Ready') : todo(reason);
  },
  async apply() {
    // Nothing to make: kubelet and network plugin do it, verify sees it.
  },
  async verify(run, { machine }, context) {
    const withinSeconds = run.cluster.spec.timeouts.nodeReady;
    let seen = 'no Node object';
    await withDeadline(
      run.clock,
      context.signal,
      withinSeconds * 1000,
      (signal) =>
        run.kube.until(
          nodeRef(machineNamed(run.cluster, machine)),
          (node) => {
            const { ready, reason } = readiness(node);
            if (!ready && reason !== seen) context.log(`${machine}: ${reason}`);
            seen = reason;
            return ready;
          },
          signal,
        ),
      () => waitErrors.deadline({ what: `node ${machine} is Ready`, withinSeconds, seen }),
    );
  },
});

/** The node's own condition `Ready`, with the kubelet's message: "container runtime network not ready: …". */
function readiness(node: KubeObject | undefined): { readonly ready: boolean; readonly reason: string } {
  if (!node) return { ready: false, reason: 'no Node object' };
  const status = node['status'];
  const conditions = isMapping(status) && Array.isArray(status['conditions']) ? status['conditions'] : [];
  const ready = conditions.filter(isMapping).find((condition) => condition['type'] === 'Ready');
  if (!ready) return { ready: false, reason: 'the kubelet has not told its state yet' };
  const message = ready['message'];
  return { ready: ready['status'] === 'True', reason: typeof message === 'string' ? message : 'not Ready' };
}
