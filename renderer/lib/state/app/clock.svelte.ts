import { createSubscriber } from 'svelte/reactivity';

/** The time, for what shows how long something takes. It only ticks while something looks. */
export class Clock {
  #subscribe = createSubscriber((update) => {
    const timer = setInterval(update, 1000);
    return () => clearInterval(timer);
  });

  /** Epoch ms, anew each second. */
  get now(): number {
    this.#subscribe();
    return Date.now();
  }
}
