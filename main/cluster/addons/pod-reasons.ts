import { SlipwayError } from '#shared/errors/define.ts';
import type { Json } from '#shared/json.ts';
import type { KubeObject, KubePort } from '../ports.ts';
import { at, condition, isObject, listAt, numberAt, textAt } from './json-path.ts';

const podsExplained = 5;
const logLines = 12;
const eventsShown = 6;

/** Why pods are not ready, as lines that a person reads: state of each, end of its log, warnings of the cluster. */
export async function podReasons(
  kube: KubePort,
  namespace: string,
  labelSelector: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const pods = await kube.list({ apiVersion: 'v1', kind: 'Pod', namespace, labelSelector }, signal);
  const troubled = pods.filter((pod) => !isWell(pod)).sort(newestFirst);
  if (pods.length === 0) return ['no pod has been created', ...(await warnings(kube, namespace, undefined, signal))];
  const lines: string[] = [];
  for (const pod of troubled.slice(0, podsExplained)) {
    lines.push(`${pod.metadata.name}: ${podState(pod)}`, ...(await logEnd(kube, namespace, pod, signal)));
  }
  if (troubled.length > podsExplained) lines.push(`… and ${String(troubled.length - podsExplained)} more pods`);
  const names = new Set(troubled.map((pod) => pod.metadata.name));
  return [...lines, ...(await warnings(kube, namespace, names, signal))];
}

export function labelSelectorOf(object: KubeObject): string {
  const labels = at(object['spec'], 'selector', 'matchLabels');
  return Object.keys(isObject(labels) ? labels : {})
    .map((key) => `${key}=${textAt(labels, key)}`)
    .join(',');
}

function isWell(pod: KubeObject): boolean {
  return textAt(condition(pod, 'Ready'), 'status') === 'True' || textAt(pod, 'status', 'phase') === 'Succeeded';
}

function newestFirst(a: KubeObject, b: KubeObject): number {
  const [x, y] = [a, b].map((pod) => textAt(pod.metadata, 'creationTimestamp'));
  return (x ?? '') < (y ?? '') ? 1 : -1;
}

/** "on node-1: install-cni waits: ImagePullBackOff: Back-off pulling image …". */
export function podState(pod: KubeObject): string {
  const node = textAt(pod, 'spec', 'nodeName');
  const unscheduled = condition(pod, 'PodScheduled');
  if (node === '') return `not scheduled: ${textAt(unscheduled, 'message') || 'the scheduler has not seen it yet'}`;
  const containers = [...listAt(pod, 'status', 'initContainerStatuses'), ...listAt(pod, 'status', 'containerStatuses')];
  const states = containers.map(containerState).filter((state) => state !== '');
  return `on ${node}: ${states.join('; ') || textAt(pod, 'status', 'phase') || 'the kubelet has not seen it yet'}`;
}

function containerState(status: Json): string {
  const name = textAt(status, 'name');
  const restarts = numberAt(status, 'restartCount');
  const again = restarts > 0 ? ` (restarted ${String(restarts)} times)` : '';
  const waiting = textAt(status, 'state', 'waiting', 'reason');
  if (waiting !== '')
    return `${name} waits: ${because(waiting, textAt(status, 'state', 'waiting', 'message'))}${again}`;
  const ended = textAt(status, 'state', 'terminated', 'reason');
  if (ended !== '' && ended !== 'Completed') {
    return `${name} ended: ${because(ended, textAt(status, 'state', 'terminated', 'message'))}${again}`;
  }
  const running = textAt(status, 'state', 'running', 'startedAt') !== '';
  return running && isObject(status) && status['ready'] !== true ? `${name} runs but is not ready${again}` : '';
}

function because(reason: string, message: string): string {
  return message === '' ? reason : `${reason}: ${message.trim()}`;
}

async function logEnd(
  kube: KubePort,
  namespace: string,
  pod: KubeObject,
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    const lines = await kube.podLogs(namespace, pod.metadata.name, logLines, signal);
    return lines.map((line) => `  ${line}`);
  } catch (error) {
    signal.throwIfAborted();
    // A container that never started has no log; its state above says why, and that is what the person needs.
    if (error instanceof SlipwayError) return [];
    throw error;
  }
}

/** @param pods only what concerns these; all of the namespace's when `undefined`. */
async function warnings(
  kube: KubePort,
  namespace: string,
  pods: ReadonlySet<string> | undefined,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const events = await kube.list({ apiVersion: 'v1', kind: 'Event', namespace }, signal);
  const texts = events
    .filter((event) => textAt(event, 'type') === 'Warning')
    .filter((event) => !pods || pods.has(textAt(event, 'involvedObject', 'name')))
    .sort((a, b) => (textAt(a, 'lastTimestamp') < textAt(b, 'lastTimestamp') ? -1 : 1))
    .map(
      (event) =>
        `${textAt(event, 'involvedObject', 'name')}: ${because(textAt(event, 'reason'), textAt(event, 'message'))}`,
    );
  return [...new Set(texts)].slice(-eventsShown);
}
