/** One call, in the order in which they came. */
export interface Call {
  /** SOAP method, or `PUT /folder/…` for what is not SOAP. */
  readonly method: string;
  /** Managed object id, and name where it has one. */
  readonly object: string;
  readonly name: string;
  /** Number among those that change something, from 1; 0 for one that reads. */
  readonly change: number;
}

/** Everything a cluster could leave behind in a vCenter. Lists are sorted. */
export interface Snapshot {
  readonly vms: readonly {
    readonly path: string;
    readonly instanceUuid: string;
    readonly poweredOn: boolean;
    readonly template: boolean;
    readonly annotation: string;
    readonly host: string;
    /** `[datastore] path`, or ''. */
    readonly iso: string;
    /** Key and type: `2000 VirtualDisk`. */
    readonly devices: readonly string[];
  }[];
  readonly folders: readonly string[];
  readonly categories: readonly {
    readonly name: string;
    readonly tags: readonly { readonly name: string; readonly objects: readonly string[] }[];
  }[];
  readonly customAttributes: readonly string[];
  /** By path of the cluster: `name: apart vm-a, vm-b`. */
  readonly rules: Readonly<Record<string, readonly string[]>>;
  /** By path of the datastore; empty folders end with a slash. */
  readonly files: Readonly<Record<string, readonly string[]>>;
  readonly freeBytes: Readonly<Record<string, number>>;
  /** By library. */
  readonly libraryItems: Readonly<Record<string, readonly string[]>>;
}

/** What the vCenter of the lab was asked since the last `reset`. */
export interface Calls {
  /** HTTP requests of any kind. */
  readonly requests: number;
  /** SOAP calls by method. */
  readonly methods: Readonly<Record<string, number>>;
  readonly logins: readonly { readonly user: string; readonly accepted: boolean }[];
  /** Sessions that are open now. */
  readonly sessions: number;
  readonly answerBytes: number;
  /** Requests that break the WSDL, in words. A real vCenter refuses them, so a test should find none. */
  readonly invalid: readonly string[];
}

export interface FaultRule {
  /** A fault of vim25: `NoPermission`. */
  readonly type: string;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

/** Makes calls go wrong that would have gone well. */
export interface Rule {
  /** A SOAP method, `*` for every one. */
  readonly method?: string;
  /** A regular expression over what is not SOAP: `^PUT /folder/`, `^POST /rest/com/vmware/cis/tagging/`. */
  readonly path?: string;
  /** Name or managed object id of what the method is called on. */
  readonly object?: string;
  /** So many calls pass before the rule begins. */
  readonly skip?: number;
  /** So many calls it holds for; for ever when left out. */
  readonly times?: number;
  readonly delayMs?: number;
  /** Closes the connection instead of answering, before or after the method has run. */
  readonly drop?: 'before' | 'after';
  /** An HTTP status instead of an answer. */
  readonly status?: number;
  readonly fault?: FaultRule;
  /**
   * Replaces the task by one that reports `percents` first, and goes on from each only at `releaseTasks` when it shall
   * `hold`; `stick` does not even end when it is cancelled.
   */
  readonly task?: {
    readonly percents?: readonly number[];
    readonly stepMs?: number;
    readonly hold?: boolean;
    readonly then: 'run' | 'hang' | 'stick' | 'fail';
    readonly fault?: FaultRule;
  };
}

/** The control endpoint of a vCenter of the lab. */
export class VcenterControl {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async calls(): Promise<Calls> {
    return (await (await this.#ask('GET', '/calls')).json()) as Calls;
  }

  async reset(): Promise<void> {
    await this.#ask('DELETE', '/calls');
  }

  /** Every call since the last `reset`. */
  async list(): Promise<readonly Call[]> {
    return (await (await this.#ask('GET', '/calls/list')).json()) as Call[];
  }

  /**
   * Stops the n-th call that changes something, counted from the last `reset`: before it runs, or when it has run and is
   * not answered yet. One at a time. When its caller is killed meanwhile, a call held `before` does not run at all.
   */
  async holdChange(at: number, when: 'before' | 'after'): Promise<void> {
    await this.#ask('POST', '/calls/hold', { at, when });
  }

  /** Waits until that call is there. */
  async held(signal?: AbortSignal): Promise<Call> {
    return (await (await this.#ask('GET', '/calls/held', undefined, signal)).json()) as Call;
  }

  /** Lets the call go on that is held, or closes its connection; no error when none is. */
  async releaseChange({ drop = false } = {}): Promise<void> {
    await this.#ask('POST', '/calls/release', { drop });
  }

  async inventory(): Promise<Snapshot> {
    return (await (await this.#ask('GET', '/inventory')).json()) as Snapshot;
  }

  /** Tools of VMs of these names do not report at power-on; `*` is every VM on paper. Replaces what was asked before. */
  async silenceTools(names: readonly string[]): Promise<void> {
    await this.#ask('POST', '/tools/silence', { names });
  }

  /** Cloning needs 1600 MiB for a thin disk of the machine template, the disk's size otherwise. */
  async setFreeSpace(datastore: string, bytes: number): Promise<void> {
    await this.#ask('POST', '/datastores/free', { name: datastore, bytes });
  }

  async addRule(rule: Rule): Promise<void> {
    await this.#ask('POST', '/rules', rule);
  }

  async clearRules(): Promise<void> {
    await this.#ask('DELETE', '/rules');
  }

  /** Lets every task go on that a rule holds. */
  async releaseTasks(): Promise<void> {
    await this.#ask('POST', '/tasks/release', {});
  }

  async expireSessions(): Promise<void> {
    await this.#ask('POST', '/sessions/expire', {});
  }

  /** Sessions end when they were not used for so long. vCenter's default is 30 minutes. */
  async expireIdleAfter(ms: number): Promise<void> {
    await this.#ask('POST', '/sessions/idle', { ms });
  }

  /** @param object A managed object id; everywhere when left out. */
  async revoke(privilege: string, object = ''): Promise<void> {
    await this.#ask('POST', '/privileges/revoke', { privilege, object });
  }

  async restorePrivileges(): Promise<void> {
    await this.#ask('DELETE', '/privileges');
  }

  /** Another certificate of the same CA; answers its SHA-256. */
  async replaceCertificate(names: { addresses?: readonly string[]; names?: readonly string[] } = {}): Promise<string> {
    const { addresses = ['127.0.0.1'] } = names;
    const answer = await this.#ask('POST', '/certificate', { addresses, names: names.names ?? [] });
    return ((await answer.json()) as { sha256: string }).sha256;
  }

  async #ask(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
    const answer = await fetch(this.#url + path, {
      method,
      ...(signal && { signal }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${String(answer.status)} ${await answer.text()}`);
    return answer;
  }
}
