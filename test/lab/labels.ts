/** What the lab puts on everything it makes in Docker. It removes nothing without. */
export const labels = {
  /** The lab's name; `shared` on what all labs use: the network and the machine image. */
  lab: 'dev.slipway.lab',
  /** The cache folder that lab's state is in: another user's labs on the same Docker are not ours to clean. */
  home: 'dev.slipway.lab.home',
  machine: 'dev.slipway.lab.machine',
  address: 'dev.slipway.lab.address',
} as const;

export const shared = 'shared';
