import { hasCode } from '#shared/errors/define.ts';
import { vsphereErrors } from '#shared/errors/vsphere.ts';
import type { DatastoreFile } from '#main/cluster/vsphere-port.ts';
import { child, children, refOf } from '../client/answer.ts';
import type { Ref } from '../client/reference.ts';
import { readObjects } from '../client/retrieve.ts';
import { runTask } from '../client/tasks.ts';
import type { Vcenter } from '../client/vcenter.ts';
import { Once } from '../once.ts';
import { Directories } from './directories.ts';

/** A file's datacenter and datastore, as the calls for files want them. */
export interface FilePlace {
  /** `DC0`, or `folder/DC0` for a datacenter in a folder. */
  readonly datacenterPath: string;
  readonly datastore: Ref;
}

const fileMs = 2 * 60_000;

/** As vCenter writes it: `[datastore] folder/name`. */
export function datastorePath({ datastoreName, path }: Pick<DatastoreFile, 'datastoreName' | 'path'>): string {
  return path === '' ? `[${datastoreName}]` : `[${datastoreName}] ${path}`;
}

/** Files on the datastores of one vCenter. */
export class DatastoreFiles {
  readonly #vcenter: Vcenter;
  readonly #placeOf: (file: DatastoreFile, signal: AbortSignal) => Promise<FilePlace>;
  readonly #directories = new Directories();
  /** Those that this process has made, or found. */
  readonly #made: Once<void>;
  /** Our files that this process has written, by directory. */
  readonly #files = new Map<string, Set<string>>();
  readonly #browsers = new Map<string, Ref>();

  /** @param lifetime For what several uploads wait for. */
  constructor(
    vcenter: Vcenter,
    placeOf: (file: DatastoreFile, signal: AbortSignal) => Promise<FilePlace>,
    lifetime: AbortSignal,
  ) {
    this.#vcenter = vcenter;
    this.#placeOf = placeOf;
    this.#made = new Once(lifetime);
  }

  /** Replaces one of that name. @throws `vsphere.upload_refused`, `.no_permission`, `.not_ready` */
  async upload(file: DatastoreFile, content: Uint8Array, signal: AbortSignal): Promise<void> {
    const directory = directoryOf(file);
    const key = datastorePath(directory);
    await this.#directories.use(key, async () => {
      const make = (lifetime: AbortSignal): Promise<void> => this.#makeDirectory(directory, lifetime);
      await this.#made.get(key, make, signal);
      try {
        await this.#put(file, content, signal);
      } catch (error) {
        if (!hasCode(error, 'vsphere.upload_refused')) throw error;
        // Somebody may have removed the directory since it was made.
        await this.#makeDirectory(directory, signal);
        await this.#put(file, content, signal);
      }
      this.#files.set(key, (this.#files.get(key) ?? new Set()).add(file.path));
    });
  }

  /** No error when it is gone already. Its folder goes with its last file. */
  async remove(file: DatastoreFile, signal: AbortSignal): Promise<void> {
    await this.#delete(file, signal);
    const directory = directoryOf(file);
    if (directory.path === '') return;
    const key = datastorePath(directory);
    this.#files.get(key)?.delete(file.path);
    if (this.#hasOurs(key)) return;
    await this.#directories.ifUnused(key, async () => {
      if (this.#hasOurs(key) || !(await this.#isEmpty(directory, signal))) return;
      this.#made.forget();
      await this.#delete(directory, signal);
    });
  }

  /** Then a look would only show that it is not empty. */
  #hasOurs(directory: string): boolean {
    return (this.#files.get(directory)?.size ?? 0) > 0;
  }

  async #makeDirectory(directory: DatastoreFile, signal: AbortSignal): Promise<void> {
    if (directory.path === '') return;
    const name = datastorePath(directory);
    const args = { name, datacenter: directory.datacenter, createParentDirectories: true };
    const target = this.#vcenter.content.fileManager;
    try {
      await this.#vcenter.call({ method: 'MakeDirectory', target, args, what: `make the folder ${name}` }, signal);
    } catch (error) {
      if (!hasCode(error, 'vsphere.name_taken')) throw error;
    }
  }

  async #put(file: DatastoreFile, content: Uint8Array, signal: AbortSignal): Promise<void> {
    const { datacenterPath } = await this.#placeOf(file, signal);
    const query = `dcPath=${encodeURIComponent(datacenterPath)}&dsName=${encodeURIComponent(file.datastoreName)}`;
    const path = `/folder/${file.path.split('/').map(encodeURIComponent).join('/')}?${query}`;
    const headers = { 'content-type': 'application/octet-stream' };
    const request = { method: 'PUT' as const, path, headers, body: content };
    const { status } = await this.#vcenter.request(request, 'session', signal);
    if (status >= 200 && status < 300) return;
    throw uploadError(status, datastorePath(file), this.#vcenter.address);
  }

  async #delete(file: DatastoreFile, signal: AbortSignal): Promise<void> {
    const name = datastorePath(file);
    const args = { name, datacenter: file.datacenter };
    const call = { method: 'DeleteDatastoreFile_Task', target: this.#vcenter.content.fileManager, args };
    try {
      await runTask(this.#vcenter, call, { what: `delete ${name}`, withinMs: fileMs }, signal);
    } catch (error) {
      if (!hasCode(error, 'vsphere.file_missing')) throw error;
    }
  }

  async #isEmpty(directory: DatastoreFile, signal: AbortSignal): Promise<boolean> {
    const { datastore } = await this.#placeOf(directory, signal);
    const what = `look into ${datastorePath(directory)}`;
    const browser = await this.#browserOf(datastore, what, signal);
    if (!browser) return false;
    const args = { datastorePath: datastorePath(directory), searchSpec: { matchPattern: '*' } };
    const call = { method: 'SearchDatastore_Task', target: browser, args };
    try {
      const result = await runTask(this.#vcenter, call, { what, withinMs: fileMs }, signal);
      return result !== undefined && child(result, 'folderPath') !== undefined && children(result, 'file').length === 0;
    } catch (error) {
      if (hasCode(error, 'vsphere.file_missing')) return false; // gone already
      throw error;
    }
  }

  async #browserOf(datastore: Ref, what: string, signal: AbortSignal): Promise<Ref | undefined> {
    const known = this.#browsers.get(datastore.id);
    if (known) return known;
    const sets = [{ type: 'Datastore', paths: ['browser'] }];
    const [found] = await readObjects(this.#vcenter, what, [datastore], sets, signal);
    const browser = refOf(found?.values.get('browser'));
    if (browser) this.#browsers.set(datastore.id, browser);
    return browser;
  }
}

function directoryOf(file: DatastoreFile): DatastoreFile {
  return { ...file, path: file.path.slice(0, Math.max(0, file.path.lastIndexOf('/'))) };
}

function uploadError(status: number, file: string, address: string) {
  const what = `write ${file}`;
  if (status === 401) return vsphereErrors.session_expired({ address, what });
  if (status === 403) {
    return vsphereErrors.no_permission({
      what,
      privilege: 'Datastore.FileManagement',
      object: `the datastore of ${file}`,
    });
  }
  if (status === 502 || status === 503 || status === 504) return vsphereErrors.not_ready({ address, status });
  return vsphereErrors.upload_refused({ file, address, status });
}
