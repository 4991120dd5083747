import type { ObjectRef } from '#main/cluster/ports.ts';
import { kubeErrors } from '#shared/errors/kube.ts';
import { apiError } from './api-errors.ts';
import type { ApiServers } from './api-servers.ts';
import { isRecord, parseJson } from './kube-json.ts';

interface Resource {
  readonly plural: string;
  readonly namespaced: boolean;
}
type Resources = ReadonlyMap<string, Resource>;
type Kind = Pick<ObjectRef, 'apiVersion' | 'kind'>;

/** Which path belongs to which kind, as the cluster itself says. One look per apiVersion, kept for the process. */
export class Discovery {
  readonly #servers: ApiServers;
  readonly #known = new Map<string, Promise<Resources>>();

  constructor(servers: ApiServers) {
    this.#servers = servers;
  }

  /**
   * Path of the collection. A namespaced kind without a namespace is in `default`, as for kubectl; `allNamespaces`
   * asks for all of them.
   * @throws `kube.unknown_kind` after a fresh look.
   */
  async collection(
    ref: Kind & { readonly namespace?: string },
    signal: AbortSignal,
    scope: 'one' | 'allNamespaces' = 'one',
  ): Promise<string> {
    const { plural, namespaced } = await this.#find(ref, signal);
    if (!namespaced || (scope === 'allNamespaces' && ref.namespace === undefined)) {
      return `${groupPath(ref.apiVersion)}/${plural}`;
    }
    return `${groupPath(ref.apiVersion)}/namespaces/${encodeURIComponent(ref.namespace ?? 'default')}/${plural}`;
  }

  async path(ref: ObjectRef, signal: AbortSignal): Promise<string> {
    return `${await this.collection(ref, signal)}/${encodeURIComponent(ref.name)}`;
  }

  async #find({ apiVersion, kind }: Kind, signal: AbortSignal): Promise<Resource> {
    const kept = this.#known.get(apiVersion);
    // A kept look may be older than the CustomResourceDefinition, so its "no" counts for nothing; and another step's
    // cancelled look is no failure of ours.
    const found = (await kept?.catch(() => undefined))?.get(kind);
    if (found) return found;
    const fresh = (await this.#look(apiVersion, signal)).get(kind);
    if (!fresh) throw kubeErrors.unknown_kind({ apiVersion, kind });
    return fresh;
  }

  #look(apiVersion: string, signal: AbortSignal): Promise<Resources> {
    const looking = this.#ask(apiVersion, signal);
    this.#known.set(apiVersion, looking);
    looking.catch(() => this.#known.delete(apiVersion)); // whoever waits for it gets the error; the next one looks again
    return looking;
  }

  async #ask(apiVersion: string, signal: AbortSignal): Promise<Resources> {
    const answer = await this.#servers.send({ method: 'GET', path: groupPath(apiVersion) }, signal);
    if (answer.status === 404) return new Map();
    if (answer.status !== 200) throw apiError(`list the kinds of ${apiVersion}`, answer);
    return parseResources(answer.body);
  }
}

function groupPath(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

function parseResources(body: string): Resources {
  const list = parseJson(body);
  const resources: unknown[] = isRecord(list) && Array.isArray(list['resources']) ? list['resources'] : [];
  const byKind = new Map<string, Resource>();
  for (const resource of resources) {
    if (!isRecord(resource)) continue;
    const { name, kind, namespaced } = resource;
    // `deployments/scale` and the like are parts of another resource.
    if (typeof name !== 'string' || name.includes('/') || typeof kind !== 'string') continue;
    byKind.set(kind, { plural: name, namespaced: namespaced === true });
  }
  return byKind;
}
