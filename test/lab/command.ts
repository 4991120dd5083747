import { spawn } from 'node:child_process';

export interface CommandOptions {
  readonly cwd?: string;
  /** Added to our own environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Every line of standard output and standard error as it comes. */
  readonly onLine?: (line: string) => void;
}

/**
 * Runs a program to its end and answers its standard output.
 * @throws when it cannot be started or ends badly, with its last lines.
 */
export async function run(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
  const [program, ...args] = argv;
  if (program === undefined) throw new Error('There is no command to run.');
  const child = spawn(program, args, {
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let last = '';
  const listen = (stream: NodeJS.ReadableStream, keep: boolean): void => {
    let rest = '';
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      if (keep) stdout += chunk;
      last = (last + chunk).slice(-4000);
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) options.onLine?.(line);
    });
  };
  listen(child.stdout, true);
  listen(child.stderr, false);
  child.stdin.on('error', () => {}); // it ended without reading its input; its exit code says whether that was right
  child.stdin.end(options.input ?? '');
  const code = await new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.once('error', (cause) => reject(new Error(`${program} cannot be started.`, { cause })));
    child.once('close', (exitCode, signal) => resolve(exitCode ?? signal));
  });
  if (code !== 0) throw new Error(`${argv.join(' ').slice(0, 300)} ended with ${code}:\n${last.trimEnd()}`);
  return stdout;
}
