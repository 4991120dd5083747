import type { Kubectl } from './kubectl.ts';

/** A pod that says its name, and can ask others for theirs. */
export function echoPod(pod: string, node: string, image: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: pod, labels: { app: pod } },
    spec: {
      nodeName: node,
      terminationGracePeriodSeconds: 1,
      containers: [{ name: 'echo', image, ports: [{ containerPort: 8080 }] }],
    },
  };
}

/** Of the pod of that name. */
export function echoService(pod: string): object {
  const ports = [{ port: 80, targetPort: 8080 }];
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: pod }, spec: { selector: { app: pod }, ports } };
}

export async function startEcho(kubectl: Kubectl, items: readonly object[], pods: readonly string[]): Promise<void> {
  await kubectl.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  const names = pods.map((pod) => `pod/${pod}`);
  await kubectl.run(['wait', '--for=condition=Ready', ...names, '--timeout=120s']);
}

/** @returns what the service of `pod` said to the pod `asker`, which found it by name: `answerer / from 10.42.…`. */
export function ask(kubectl: Kubectl, asker: string, pod: string): Promise<string> {
  const url = `http://${pod}.default.svc.cluster.local/`;
  return kubectl.run(['exec', asker, '--', 'echo', 'get', url, '--until-ok', '30s', '--want', pod]);
}
