import { spawn } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ensureBuilt } from '#test/lab/artefacts/artefact.ts';
import { kubernetes } from '#test/lab/artefacts/programs.ts';
import { silent } from '#test/lab/progress.ts';

/** kubectl on this computer, outside the cluster. */
export class Kubectl implements AsyncDisposable {
  readonly #folder: string;
  readonly #kubeconfig: string;

  private constructor(folder: string, kubeconfig: string) {
    this.#folder = folder;
    this.#kubeconfig = kubeconfig;
  }

  static async with(kubeconfig: string): Promise<Kubectl> {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-kubectl-'));
    // One program that is what it is called.
    await symlink(join(await ensureBuilt(kubernetes, silent), 'kubernetes'), join(folder, 'kubectl'));
    return new Kubectl(folder, kubeconfig);
  }

  /** @returns standard output. @throws when kubectl fails. */
  async run(args: readonly string[], input = ''): Promise<string> {
    const env = { ...process.env, KUBECONFIG: this.#kubeconfig, KUBECACHEDIR: join(this.#folder, 'cache') };
    const child = spawn(join(this.#folder, 'kubectl'), args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    const code = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
    child.stdin.on('error', () => {}); // it ended without reading: its exit code says why
    child.stdin.end(input);
    const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), code]);
    if (exitCode !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${exitCode}: ${stderr || stdout}`);
    return stdout;
  }

  async json<T>(...args: string[]): Promise<T> {
    return JSON.parse(await this.run([...args, '--output', 'json'])) as T;
  }

  apply(manifest: string): Promise<string> {
    return this.run(['apply', '--filename', '-'], manifest);
  }

  /** Ready or not, by node. */
  async nodes(): Promise<Readonly<Record<string, boolean>>> {
    const { items } = await this.json<{ items: readonly Node[] }>('get', 'nodes');
    return Object.fromEntries(
      items.map(({ metadata, status }) => [
        metadata.name,
        status.conditions.some(({ type, status: value }) => type === 'Ready' && value === 'True'),
      ]),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}

interface Node {
  readonly metadata: { readonly name: string };
  readonly status: { readonly conditions: readonly { readonly type: string; readonly status: string }[] };
}
