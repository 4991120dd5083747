import type { Kubectl } from '#test/cluster/support/kubectl.ts';
import type { LabMachine } from '#test/lab/machine.ts';
import type { ReadyMade } from './ready-made.ts';

/** When each state was reached, in ms from the first Docker call. */
export interface Floor {
  readonly apiReadyMs: number;
  readonly nodeReadyMs: number;
  readonly rolledOutMs: number;
}

/**
 * The least that the same cluster can cost: the same containers with ready-made files, created and started one after
 * another by plain Docker calls without waiting, then the same manifests, then the same state. Nothing is made, copied,
 * checked or recorded.
 */
export async function measureFloor(machine: LabMachine, kubectl: Kubectl, made: ReadyMade): Promise<Floor> {
  await machine.run(`tar -C / -xf ${made.filesTar}`);
  const startedAt = performance.now();
  const passed = () => performance.now() - startedAt;
  await machine.run(startScript(made), '');
  await retried(() => kubectl.run(['get', '--raw', '/readyz']));
  const apiReadyMs = passed();
  await retried(() => kubectl.run(['apply', '--server-side', '--filename', '-'], made.manifests));
  let nodeReadyMs = 0;
  await Promise.all([
    retried(() => kubectl.run(['wait', '--for=condition=Ready', 'node', '--all', '--timeout=120s'])).then(() => {
      nodeReadyMs = passed();
    }),
    ...['daemonset/kube-flannel', 'deployment/coredns', 'deployment/metrics-server'].map((workload) =>
      kubectl.run(['-n', 'kube-system', 'rollout', 'status', '--timeout=120s', workload]),
    ),
    kubectl.run(['wait', '--for=condition=Available', 'apiservice/v1beta1.metrics.k8s.io', '--timeout=120s']),
  ]);
  return { apiReadyMs, nodeReadyMs, rolledOutMs: passed() };
}

/** One script on the machine, so that neither SSH nor our process costs the floor anything. */
function startScript({ containers }: ReadyMade): string {
  const call = 'curl --silent --show-error --fail-with-body --unix-socket /run/docker.sock -X POST';
  return containers
    .map(
      ({ name, body }) => `
${call} -H 'Content-Type: application/json' --data-binary @- 'http://docker/containers/create?name=${name}' <<'BODY' > /dev/null
${body}
BODY
${call} http://docker/containers/${name}/start`,
    )
    .join('\n');
}

async function retried<T>(act: () => Promise<T>): Promise<T> {
  const endsAt = performance.now() + 120_000;
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (performance.now() > endsAt) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
