import type { BootState } from '#main/cluster/ports.ts';
import { SlipwayError } from '#shared/errors/define.ts';
import { runAsRoot } from './shell.ts';
import type { MachineConnections } from './ssh/connections.ts';

/**
 * cloud-init writes result.json as the last thing it does. Asking `cloud-init status` would start a Python each time.
 * Prints one word, and the errors with the end of the log when there are some: without the tables of addresses and keys
 * that cloud-init draws there.
 */
const script = `
result=/run/cloud-init/result.json
if [ -f $result ]; then
  echo ended; cat $result; echo; echo ---; grep -v '^ci-info:' /var/log/cloud-init-output.log 2>/dev/null | tail -n 15
elif [ -d /run/cloud-init ]; then echo running
else echo none; fi
exit 0
`;

/** Whatever keeps us out is part of booting here: our host key and user come with cloud-init. */
export async function bootState(
  connections: MachineConnections,
  machine: string,
  signal: AbortSignal,
): Promise<BootState> {
  try {
    const { output } = await runAsRoot(connections, machine, { action: 'look at the first boot', script }, signal);
    return parseBootState(output.toString());
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof SlipwayError)) throw error;
    return { kind: 'waiting', seen: error.message };
  }
}

/** @param printed What the script above prints. */
export function parseBootState(printed: string): BootState {
  const [word = '', ...rest] = printed.split('\n');
  if (word === 'none') return { kind: 'done' };
  if (word !== 'ended') return { kind: 'waiting', seen: 'cloud-init is at work' };
  const [result = '', log = ''] = rest.join('\n').split('\n---\n');
  const errors = errorsOf(result);
  if (errors.length === 0) return { kind: 'done' };
  return { kind: 'failed', reason: errors.join('; '), lastLines: log.split('\n').filter((line) => line !== '') };
}

/** `{"v1": {"datasource": "…", "errors": ["…"]}}` (cloud-init's documentation, "result.json"). */
function errorsOf(result: string): readonly string[] {
  try {
    const parsed: unknown = JSON.parse(result);
    const v1 = typeof parsed === 'object' && parsed !== null && 'v1' in parsed ? parsed.v1 : undefined;
    const errors = typeof v1 === 'object' && v1 !== null && 'errors' in v1 ? v1.errors : [];
    return Array.isArray(errors) ? errors.map(String) : [];
  } catch {
    return ['its result.json cannot be read'];
  }
}
