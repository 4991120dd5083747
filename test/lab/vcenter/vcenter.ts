import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ensureBuilt } from '../artefacts/artefact.ts';
import { silent, type Progress } from '../progress.ts';
import { newPassword } from '../ssh-keys.ts';
import { vcenterProgram } from './program.ts';
import { VcenterControl } from './control.ts';

/** Size of the inventory; the Go program has a small default for each. */
export interface VcenterSize {
  readonly datacenters?: number;
  /** Per datacenter. */
  readonly clusters?: number;
  /** Per cluster. */
  readonly hosts?: number;
  readonly pools?: number;
  readonly datastores?: number;
  readonly networks?: number;
  readonly opaque?: number;
  /** VMs on paper: they can be listed, but not cloned or switched on. */
  readonly vms?: number;
}

interface Ready {
  readonly url: string;
  readonly control: string;
  readonly caPem: string;
  readonly sha256: string;
}

/**
 * A vCenter of the lab: its own process, port, CA, password and inventory. It ends with us, however we end, because it
 * listens to our end of its standard input.
 */
export class LabVcenter implements AsyncDisposable {
  /** `https://127.0.0.1:<port>/sdk` */
  readonly url: string;
  /** Signed the server's certificate. */
  readonly caPem: string;
  /** Of the first server certificate: upper-case hexadecimal with colons. */
  readonly sha256: string;
  readonly user = 'administrator';
  readonly domain = 'vsphere.local';
  readonly password: string;
  readonly control: VcenterControl;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, ready: Ready, password: string) {
    this.#child = child;
    this.url = ready.url;
    this.caPem = ready.caPem;
    this.sha256 = ready.sha256;
    this.password = password;
    this.control = new VcenterControl(ready.control);
  }

  static async start(size: VcenterSize = {}, progress: Progress = silent): Promise<LabVcenter> {
    const program = join(await ensureBuilt(vcenterProgram, progress), 'vcenter');
    const password = newPassword();
    const args = Object.entries(size).map(([name, value]) => `-${name}=${String(value)}`);
    const child = spawn(program, args, {
      env: { ...process.env, SLIPWAY_LAB_PASSWORD: password },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let log = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (log = (log + text).slice(-4000)));
    const lines = createInterface({ input: child.stdout });
    const [line] = await Promise.race([once(lines, 'line'), once(child, 'close').then(() => [undefined])]);
    if (typeof line !== 'string') throw new Error(`The vCenter of the lab ended before it was ready:\n${log}`);
    return new LabVcenter(child, JSON.parse(line) as Ready, password);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const closed = once(this.#child, 'close');
    this.#child.stdin?.end();
    await closed;
  }
}
