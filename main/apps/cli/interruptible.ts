import { cliErrors } from '#shared/errors/cli.ts';
import type { CommandContext } from './command.ts';

/** For calls that change little and can simply be given up: Ctrl-C ends them. @throws `cli.interrupted` */
export async function interruptible<T>(
  { world, command }: CommandContext,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stopped = new AbortController();
  const stopListening = world.onInterrupt(() => {
    stopped.abort(cliErrors.interrupted({ command }));
  });
  try {
    return await act(stopped.signal);
  } finally {
    stopListening();
  }
}
