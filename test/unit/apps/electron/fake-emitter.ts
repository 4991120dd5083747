/** Something that emits events, as Electron's objects do: knows what was listened to, and refuses to emit the rest. */
export class FakeEmitter {
  readonly #listeners = new Map<string, ((...args: never[]) => void)[]>();

  readonly on = (event: string, listener: (...args: never[]) => void): this => {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
    return this;
  };

  readonly once = this.on;

  /** Answers whether a listener has prevented what the event announces. */
  emit(event: string, details: Readonly<Record<string, unknown>> = {}, ...more: readonly unknown[]): boolean {
    const listeners = this.#listeners.get(event);
    if (!listeners) throw new Error(`Nobody listens to ${event}.`);
    let prevented = false;
    const announced = { ...details, preventDefault: () => (prevented = true) };
    for (const listener of listeners) (listener as (...args: unknown[]) => void)(announced, ...more);
    return prevented;
  }

  get events(): readonly string[] {
    return [...this.#listeners.keys()].sort();
  }
}
