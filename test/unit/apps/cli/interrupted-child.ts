// A real slipway process whose run goes on until it is told to stop. Its test sends it signals.
import { setTimeout as sleep } from 'node:timers/promises';
import { processWorld } from '#main/apps/cli/process-world.ts';
import { runCommandLine } from '#main/apps/cli/run-command-line.ts';
import { play } from './fake-run.ts';
import { refusing } from './fake-slipway.ts';

const argv = ['up', '-f', '-', '--yes'];
process.exitCode = await runCommandLine(
  argv,
  await processWorld(async () => ({
    ...refusing,
    readSpec: async () => ({ name: 'home', warnings: [] }),
    up: async (_source, _interaction, observer, { cancel, leave }) => {
      process.stdout.write('running\n');
      // As a real one: a cancel takes as long as what has begun, a leave does not.
      const alive = setInterval(() => {}, 1000);
      await new Promise<void>((resolve) => {
        leave.addEventListener('abort', () => {
          resolve();
        });
        cancel.addEventListener('abort', () => {
          if (process.env['SLOW_CANCEL'] === undefined) resolve();
        });
      });
      clearInterval(alive);
      await sleep(0);
      return play(observer, [], leave.aborted ? 'left' : 'cancelled');
    },
  })),
);
