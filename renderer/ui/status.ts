import Ban from '@lucide/svelte/icons/ban';
import CircleCheck from '@lucide/svelte/icons/circle-check';
import CircleDashed from '@lucide/svelte/icons/circle-dashed';
import CircleMinus from '@lucide/svelte/icons/circle-minus';
import CircleStop from '@lucide/svelte/icons/circle-stop';
import CircleX from '@lucide/svelte/icons/circle-x';
import LoaderCircle from '@lucide/svelte/icons/loader-circle';
import RotateCw from '@lucide/svelte/icons/rotate-cw';
import Undo2 from '@lucide/svelte/icons/undo-2';
import WifiOff from '@lucide/svelte/icons/wifi-off';
import type { RunState } from '#renderer/lib/client/answers.ts';
import type { PhaseStatus, RunStatus, StepState } from '#shared/run/view.ts';

/** Of a run, a phase or a step. */
export type Status = RunState | RunStatus | PhaseStatus | StepState['status'];

const running = { icon: LoaderCircle, colour: 'text-busy', fill: 'fill-busy', turns: true } as const;

/** How each status looks. The shape alone tells it, and a word or a name stands beside it: colour is never the only sign. */
export const statusLooks = {
  waiting: { icon: CircleDashed, colour: 'text-quiet', fill: 'fill-quiet', turns: false },
  queued: { icon: CircleDashed, colour: 'text-quiet', fill: 'fill-quiet', turns: false },
  running,
  checking: running,
  applying: running,
  verifying: running,
  cancelling: running,
  undoing: { icon: Undo2, colour: 'text-warn', fill: 'fill-warn', turns: false },
  retrying: { icon: RotateCw, colour: 'text-warn', fill: 'fill-warn', turns: false },
  succeeded: { icon: CircleCheck, colour: 'text-good', fill: 'fill-good', turns: false },
  skipped: { icon: CircleMinus, colour: 'text-quiet', fill: 'fill-quiet', turns: false },
  failed: { icon: CircleX, colour: 'text-bad', fill: 'fill-bad', turns: false },
  blocked: { icon: Ban, colour: 'text-warn', fill: 'fill-warn', turns: false },
  cancelled: { icon: CircleStop, colour: 'text-warn', fill: 'fill-warn', turns: false },
  interrupted: { icon: WifiOff, colour: 'text-warn', fill: 'fill-warn', turns: false },
} as const satisfies Record<Status, object>;
