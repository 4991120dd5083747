import type { Slipway } from '#main/api/slipway.ts';

export interface Output {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Asked at every paint: the person may resize the window. */
  size(): { readonly columns: number; readonly rows: number };
}

export type Interrupt = 'SIGINT' | 'SIGTERM';

export interface OpenOptions {
  /** The inventory's folder; the default one when left out. */
  readonly home: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the person called, for whoever finds the cluster busy. */
  readonly label: string;
}

/** All that the command line wants from the process around it, so that tests can be that process. */
export interface World {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  /** Whether a question can be asked: standard input is a terminal. */
  readonly canAsk: boolean;
  /** Answers '' when the person ends the input or presses Ctrl-C. */
  ask(question: string): Promise<string>;
  /** The same for a secret: what is typed is not shown. */
  askSecret(question: string): Promise<string>;
  /** Epoch ms. */
  now(): number;
  /** Calls again and again until the answer is called. */
  every(ms: number, act: () => void): () => void;
  /** `-` reads standard input. */
  readText(path: string): Promise<string>;
  /** Writes atomically, readable by the owner only. */
  writePrivateFile(path: string, content: string | Uint8Array): Promise<void>;
  /** Until the answer is called, interrupts come here instead of ending the process. */
  onInterrupt(listener: (signal: Interrupt) => void): () => void;
  /** For somebody who does not want to wait for the end. */
  exitNow(code: number): void;
  open(options: OpenOptions): Promise<Slipway>;
}
