import { beforeAll } from 'vitest';
import { Lab } from '#test/lab/lab.ts';
import { registriesThatDoNotServe } from './images.ts';
import { loginsThatAreRefused } from './logins.ts';
import { portsThatAreBlocked } from './ports.ts';
import { machinesThatAreNotFit } from './unfit.ts';
import { machinesThatDoNotAnswer } from './unreachable.ts';

let lab: Lab;

// Three machines that have nothing of Docker. Each test breaks something, tries, and repairs it.
beforeAll(async () => {
  // A disk of its own, so that it can be filled.
  lab = await Lab.up({ name: 'bad-input', machines: ['node-1', 'node-2', { name: 'node-3', diskGiB: 16 }] });
  return () => lab.down();
});

machinesThatDoNotAnswer(() => lab);
loginsThatAreRefused(() => lab);
machinesThatAreNotFit(() => lab);
registriesThatDoNotServe(() => lab);
// Last: it installs Docker.
portsThatAreBlocked(() => lab);
