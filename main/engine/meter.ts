/** Measures how the process fares. A port: the engine does not see the process. */
export interface Meter {
  start(): Measuring;
}

export interface Measuring {
  /** Ends the measuring and answers what was seen. Calling it again answers the same. */
  end(): Measured;
}

export interface Measured {
  readonly peakRssBytes: number;
  readonly eventLoopDelayP99Ms: number;
}
