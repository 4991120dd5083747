import type { Slipway } from '#main/api/slipway.ts';
import type { Interrupt, Output, World } from '#main/apps/cli/world.ts';
import { refusing } from './fake-slipway.ts';

export interface FakeWorld extends World {
  readonly out: () => string;
  readonly err: () => string;
  readonly files: Map<string, string>;
  /** What the person was asked. */
  readonly questions: readonly string[];
  /** The code of `exitNow`, when it was called. */
  readonly exited: () => number | undefined;
  press(signal: Interrupt): void;
  /** Lets the timers fire once. */
  tick(): void;
}

export interface FakeWorldOptions {
  readonly slipway?: Partial<Slipway>;
  readonly terminal?: boolean;
  /** What the person answers, one per question. Without: there is nobody to ask. */
  readonly answers?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

export function fakeWorld(options: FakeWorldOptions = {}): FakeWorld {
  const { slipway = {}, terminal = false, answers, env = {} } = options;
  const written = { out: '', err: '' };
  const files = new Map(Object.entries(options.files ?? {}));
  const questions: string[] = [];
  const listeners = new Set<(signal: Interrupt) => void>();
  const timers = new Set<() => void>();
  let exitCode: number | undefined;
  const output = (name: 'out' | 'err'): Output => ({
    write: (text) => {
      written[name] += text;
    },
    isTerminal: terminal,
    size: () => ({ columns: 80, rows: 24 }),
  });
  const answerTo = async (question: string): Promise<string> => {
    const answer = answers?.[questions.length];
    questions.push(question);
    if (answer === undefined) throw new Error(`Nobody scripted an answer to: ${question}`);
    return answer;
  };
  return {
    stdout: output('out'),
    stderr: output('err'),
    env: { HOME: '/home/ann', LANG: 'C.UTF-8', NO_COLOR: '1', ...env },
    version: '1.2.3',
    canAsk: answers !== undefined,
    ask: answerTo,
    askSecret: answerTo,
    now: () => Date.UTC(2026, 10, 22, 12, 0, 5),
    every: (_ms, act) => {
      timers.add(act);
      return () => timers.delete(act);
    },
    readText: async (path) => {
      const text = files.get(path);
      if (text === undefined) throw new Error(`No such file in this test: ${path}`);
      return text;
    },
    writePrivateFile: async (path, content) => {
      files.set(path, typeof content === 'string' ? content : Buffer.from(content).toString('latin1'));
    },
    onInterrupt: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    exitNow: (code) => {
      exitCode = code;
    },
    open: async () => ({ ...refusing, ...slipway }),
    out: () => written.out,
    err: () => written.err,
    files,
    questions,
    exited: () => exitCode,
    press: (signal) => {
      for (const listener of listeners) listener(signal);
    },
    tick: () => {
      for (const act of timers) act();
    },
  };
}
