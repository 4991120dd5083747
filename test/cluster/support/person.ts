import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import { stringify } from 'yaml';
import type { RunEvent, RunMetrics } from '#shared/run/events.ts';
import type { ClusterSpecInput } from '#shared/spec/cluster.ts';

const cli = new URL('../../../main/apps/cli/slipway.mjs', import.meta.url).pathname;

/** One line of what `--json` prints. */
export type Line =
  | { readonly type: 'run'; readonly runId: string; readonly clusterId: string; readonly watching: boolean }
  | { readonly type: 'event'; readonly event: RunEvent }
  | { readonly type: 'log'; readonly step: string; readonly line: string }
  | {
      readonly type: 'result';
      readonly outcome: string;
      readonly exitCode: number;
      readonly metrics: RunMetrics | null;
    }
  | { readonly type: 'plan' | 'kubeconfig' | 'cancelling' | 'warning' | 'error'; readonly [key: string]: unknown };

export interface Ended {
  /** 137 for one that was killed, as a shell would say. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Epoch ms. */
  readonly startedAt: number;
  readonly lines: readonly Line[];
}

/** Somebody with the command line, an inventory and a passphrase of their own. Removes both when disposed. */
export class Person implements AsyncDisposable {
  readonly folder: string;
  readonly passphrase: string;
  readonly #running = new Set<Command>();
  #said = '';

  private constructor(folder: string, passphrase: string) {
    this.folder = folder;
    this.passphrase = passphrase;
  }

  static async arrive(): Promise<Person> {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-person-'));
    const person = new Person(folder, `correct horse battery staple ${folder}`);
    await writeFile(person.passphraseFile, `${person.passphrase}\n`, { mode: 0o600 });
    return person;
  }

  get home(): string {
    return join(this.folder, 'home');
  }

  get passphraseFile(): string {
    return join(this.folder, 'passphrase');
  }

  /** Everything that any of this person's commands printed. */
  get said(): string {
    return this.#said;
  }

  /** @returns its path. */
  async write(name: string, text: string): Promise<string> {
    const path = join(this.folder, name);
    await writeFile(path, text, { mode: 0o600 });
    return path;
  }

  /** @returns the path of the spec's file. */
  writeSpec(name: string, spec: ClusterSpecInput['spec']): Promise<string> {
    const document: ClusterSpecInput = { apiVersion: 'slipway.dev/v1', kind: 'Cluster', metadata: { name }, spec };
    return this.write(`${name}.yaml`, stringify(document));
  }

  start(...args: string[]): Command {
    const env = { ...process.env, SLIPWAY_HOME: this.home, SLIPWAY_PASSPHRASE_FILE: this.passphraseFile };
    const command = new Command(spawn(process.execPath, [cli, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] }));
    this.#running.add(command);
    void command.ended.then(({ stdout, stderr }) => {
      this.#running.delete(command);
      this.#said += stdout + stderr;
    });
    return command;
  }

  /** `slipway <args>` to its end, whatever that is. */
  slipway(...args: string[]): Promise<Ended> {
    return this.start(...args).ended;
  }

  /** @throws with all that the command said when it did not answer 0. */
  async succeed(...args: string[]): Promise<Ended> {
    const ended = await this.slipway(...args);
    if (ended.exitCode !== 0) throw new Error(`slipway ${args.join(' ')} ended with ${told(ended)}`);
    return ended;
  }

  /** @returns the path of the exported kubeconfig. */
  async exportKubeconfig(cluster: string): Promise<string> {
    const path = join(this.folder, `${cluster}.kubeconfig`);
    await this.succeed('kubeconfig', cluster, '--output', path);
    return path;
  }

  read(path: string): Promise<string> {
    return readFile(path, 'utf8');
  }

  readBytes(path: string): Promise<Uint8Array> {
    return readFile(path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const command of this.#running) command.kill('SIGKILL');
    await Promise.all([...this.#running].map(({ ended }) => ended));
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A `slipway` that is running. */
export class Command {
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #lines: Line[] = [];
  #stderr = '';
  readonly #listeners = new Set<(line: Line | undefined) => void>();

  constructor(child: ChildProcessByStdio<null, Readable, Readable>) {
    this.#child = child;
    let stdout = '';
    const startedAt = Date.now();
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    const reader = createInterface({ input: child.stdout });
    reader.on('line', (text) => {
      stdout += `${text}\n`;
      const line = parseLine(text);
      if (!line) return;
      this.#lines.push(line);
      for (const listener of [...this.#listeners]) listener(line);
    });
    const read = new Promise<void>((resolve) => reader.once('close', resolve));
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        void read.then(() => {
          resolve({ exitCode: code ?? 137, stdout, stderr: this.#stderr, startedAt, lines: this.#lines });
          for (const listener of [...this.#listeners]) listener(undefined);
        });
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  kill(signal: 'SIGKILL' | 'SIGINT' | 'SIGTERM'): void {
    this.#child.kill(signal);
  }

  /** The first line, of those that came and those to come, that `wanted` accepts. @throws when the command ends before. */
  async untilLine(what: string, wanted: (line: Line) => boolean): Promise<Line> {
    const known = this.#lines.find(wanted);
    if (known) return known;
    const found = await new Promise<Line | undefined>((resolve) => {
      const listener = (line: Line | undefined): void => {
        if (line && !wanted(line)) return;
        this.#listeners.delete(listener);
        resolve(line);
      };
      this.#listeners.add(listener);
    });
    if (!found) throw new Error(`slipway ended before: ${what}. It answered ${told(await this.ended)}`);
    return found;
  }

  /** Until it has said that on standard error. @throws when the command ends before. */
  async untilSaid(text: string): Promise<void> {
    const ended = this.ended.then((end) => {
      if (!this.#stderr.includes(text)) throw new Error(`slipway never said "${text}". It answered ${told(end)}`);
    });
    const said = new Promise<void>((resolve) => {
      const look = (): void => {
        if (this.#stderr.includes(text)) resolve();
      };
      this.#child.stderr.on('data', look);
      look();
    });
    await Promise.race([said, ended]);
  }

  untilEvent(what: string, wanted: (event: RunEvent) => boolean): Promise<Line> {
    return this.untilLine(what, (line) => line.type === 'event' && wanted(line.event));
  }
}

export function told({ exitCode, stdout, stderr }: Ended): string {
  return `${exitCode}:\n${stderr.slice(-4000)}\n${stdout.slice(-6000)}`;
}

export function eventsOf({ lines }: Pick<Ended, 'lines'>): readonly RunEvent[] {
  return lines.flatMap((line) => (line.type === 'event' ? [line.event] : []));
}

/** What a run changed: each step that was applied, and why. */
export function changesOf(ended: Pick<Ended, 'lines'>): readonly string[] {
  return eventsOf(ended).flatMap((event) => (event.type === 'step.applying' ? `${event.step}: ${event.reason}` : []));
}

/** @throws when the run has not told how it fared. */
export function metricsOf(ended: Ended): RunMetrics {
  const result = ended.lines.findLast((line) => line.type === 'result');
  if (!result?.metrics) throw new Error(`There are no metrics: slipway ended with ${told(ended)}`);
  return result.metrics;
}

/** Without `--json`, and in the last words of a killed process, lines are no JSON. */
function parseLine(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}
