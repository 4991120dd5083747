import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ensureBuilt } from '../artefacts/artefact.ts';
import { run } from '../command.ts';
import { silent, type Progress } from '../progress.ts';
import { newPassword } from '../ssh-keys.ts';
import { govcProgram, vcenterProgram } from './program.ts';
import { VcenterControl, type Snapshot } from './control.ts';
import type { VcenterRecord } from './record.ts';
import { sizeArguments, type VcenterSize } from './size.ts';

/** Made to become a cluster: clones of it are machines where the vCenter is a lab's, and on paper elsewhere. */
export const machineTemplate = {
  path: '/DC0/vm/templates/debian-13',
  /** For linked clones. */
  snapshot: 'base',
  diskGiB: 20,
  network: 'VM Network',
} as const;

/**
 * A vCenter of the lab: its own process, port, CA, password and inventory. One that was started here ends with us,
 * however we end, because it listens to our end of its standard input; a lab's ends with the lab.
 */
export class LabVcenter implements AsyncDisposable {
  readonly #record: VcenterRecord;
  readonly #close: () => Promise<void>;
  readonly user = 'administrator';
  readonly domain = 'vsphere.local';
  readonly control: VcenterControl;

  constructor(record: VcenterRecord, close: () => Promise<void> = async () => {}) {
    this.#record = record;
    this.#close = close;
    this.control = new VcenterControl(record.control);
  }

  /** On paper: no VM becomes a machine. For that one, bring up a lab with `vcenter: {}`. */
  static async start(size: VcenterSize = {}, progress: Progress = silent): Promise<LabVcenter> {
    const program = join(await ensureBuilt(vcenterProgram, progress), 'vcenter');
    const password = newPassword();
    const folder = await mkdtemp(join(tmpdir(), 'slipway-vcenter-'));
    const child = spawn(program, sizeArguments(size), {
      env: { ...process.env, SLIPWAY_LAB_PASSWORD: password, TMPDIR: folder },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let log = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (log = (log + text).slice(-4000)));
    const lines = createInterface({ input: child.stdout });
    const [line] = await Promise.race([once(lines, 'line'), once(child, 'close').then(() => [undefined])]);
    if (typeof line !== 'string') throw new Error(`The vCenter of the lab ended before it was ready:\n${log}`);
    const record: VcenterRecord = { ...JSON.parse(line), password };
    return new LabVcenter(record, async () => {
      await end(child);
      await rm(folder, { recursive: true, force: true });
    });
  }

  /** `https://127.0.0.1:<port>/sdk` */
  get url(): string {
    return this.#record.url;
  }

  /** Signed the server's certificate. */
  get caPem(): string {
    return this.#record.caPem;
  }

  /** Of the first server certificate: upper-case hexadecimal with colons. */
  get sha256(): string {
    return this.#record.sha256;
  }

  get password(): string {
    return this.#record.password;
  }

  /** All that a cluster could leave behind, sorted: for comparing before and after. */
  snapshot(): Promise<Snapshot> {
    return this.control.inventory();
  }

  /**
   * What govc says, which shares no line with Slipway: `govc('find', '/', '-type', 'm')`. It trusts the vCenter's CA only.
   * @throws when it fails, with what it said.
   */
  async govc(...args: readonly string[]): Promise<string> {
    const program = join(await ensureBuilt(govcProgram, silent), 'govc');
    const folder = await mkdtemp(join(tmpdir(), 'slipway-govc-'));
    try {
      await writeFile(join(folder, 'ca.pem'), this.caPem);
      const env = {
        GOVC_URL: this.url,
        GOVC_USERNAME: `${this.user}@${this.domain}`,
        GOVC_PASSWORD: this.password,
        GOVC_TLS_CA_CERTS: join(folder, 'ca.pem'),
        GOVC_PERSIST_SESSION: 'false',
        GOVMOMI_HOME: folder,
      };
      return await run([program, ...args], { env });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.stdin?.end();
  await closed;
}
