import { goProgram } from '../artefacts/go-program.ts';

/** govmomi's simulator behind our gate. 1 to 3 minutes cold. */
export const vcenterProgram = goProgram({ module: 'vcenter' });

/** govmomi's own client, so that somebody else than Slipway says what is in a vCenter. Half a minute cold. */
export const govcProgram = goProgram({ module: 'govc' });
