import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export interface Child {
  readonly process: ChildProcessWithoutNullStreams;
  /** The next line that it prints, parsed. Throws with its errors when it ends instead. */
  answer(): Promise<unknown>;
  /** SIGKILL, and waits for its end. */
  kill(): Promise<void>;
}

/** Starts `store-child.ts` with the same Node; killed after the test. */
export function startChild(...args: readonly string[]): Child {
  const script = fileURLToPath(new URL('./store-child.ts', import.meta.url));
  const child = spawn(process.execPath, [script, ...args]);
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, 'close');
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  onTestFinished(kill);
  return {
    process: child,
    async answer() {
      const line = await lines.next();
      if (line.done) throw new Error(`The child ended: ${errors}`);
      return JSON.parse(line.value) as unknown;
    },
    kill,
  };
}
