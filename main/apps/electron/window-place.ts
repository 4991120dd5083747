import { readFileSync } from 'node:fs';
import * as v from 'valibot';

export interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Without a position the system chooses one. */
export interface WindowPlace {
  readonly x?: number;
  readonly y?: number;
  readonly width: number;
  readonly height: number;
  readonly maximized: boolean;
}

const whole = v.pipe(v.number(), v.integer());
const Kept = v.strictObject({ x: whole, y: whole, width: whole, height: whole, maximized: v.boolean() });
export type KeptPlace = v.InferOutput<typeof Kept>;

export const firstPlace: WindowPlace = { width: 1280, height: 860, maximized: false };

/** So much of a window has to be on a screen that a person can take hold of it. */
const visible = { width: 160, height: 80 };
const smallest = { width: 480, height: 360 };

/**
 * Where the window was, if it can be seen there today: a screen may be gone or smaller since. Anything else in the file,
 * or no file, is the first place.
 * @param screens the work areas of all screens.
 */
export function readPlace(file: string, screens: readonly Bounds[]): WindowPlace {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return firstPlace; // the first start
  }
  const kept = v.safeParse(v.pipe(v.string(), v.parseJson(), Kept), text);
  return kept.success ? placeOn(screens, kept.output) : firstPlace;
}

function placeOn(screens: readonly Bounds[], kept: KeptPlace): WindowPlace {
  const screen = screens.find((one) => {
    const shared = overlap(one, kept);
    // Its upper edge is what one takes hold of.
    return shared.width >= visible.width && shared.height >= visible.height && kept.y >= one.y;
  });
  const { x, y, maximized } = kept;
  const most = screen ?? screens[0] ?? firstPlace;
  const size = {
    width: Math.max(smallest.width, Math.min(kept.width, most.width)),
    height: Math.max(smallest.height, Math.min(kept.height, most.height)),
  };
  return screen ? { x, y, ...size, maximized } : { ...size, maximized };
}

function overlap(a: Bounds, b: Bounds): { readonly width: number; readonly height: number } {
  return {
    width: Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x),
    height: Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y),
  };
}
