import { goProgram } from '../artefacts/go-program.ts';

/** govmomi's simulator behind our gate. 1 to 3 minutes cold. */
export const vcenterProgram = goProgram({ module: 'vcenter' });
