import { openSlipway } from '#main/api/open.ts';
import { nodeHost } from '../node-host.ts';
import { processWorld } from './process-world.ts';
import { runCommandLine } from './run-command-line.ts';

const world = await processWorld((options) => openSlipway({ ...options, ...nodeHost() }));
process.exitCode = await runCommandLine(process.argv.slice(2), world);
