/**
 * Everything that a renderer or a program can ask of Slipway. The only barrel of the code base: renderers import this,
 * `./client.ts` with `./http-port.ts` or `./message-port.ts`, and nothing else of the folder.
 *
 * @example
 * const client = createClient(httpPort({ fetch, origin: '', headers: () => ({ [sessionHeader]: session }) }));
 * const { runId } = await client.call('runs.start', { text });
 * for await (const frame of client.open('runs.watch', { runId, after: 0 }, { signal })) …
 */
import type * as v from 'valibot';
import { clusters, type RunState as RunStateSchema } from './clusters.ts';
import { credentials } from './credentials.ts';
import type { RequestOperation, StreamOperation } from './define.ts';
import { diagnostics } from './diagnostics.ts';
import { drafts } from './drafts.ts';
import { host } from './host.ts';
import { inventory } from './inventory.ts';
import { kubeconfigs } from './kubeconfigs.ts';
import { profiles } from './profiles.ts';
import { runs } from './runs.ts';
import { secrets } from './secrets.ts';
import { settings } from './settings.ts';
import { specs } from './specs.ts';
import { templates } from './templates.ts';
import { vsphere } from './vsphere.ts';

export const contract = {
  ...clusters,
  ...runs,
  ...specs,
  ...kubeconfigs,
  ...credentials,
  ...vsphere,
  ...templates,
  ...inventory,
  ...profiles,
  ...drafts,
  ...secrets,
  ...settings,
  ...diagnostics,
  ...host,
};
export type Contract = typeof contract;

export type OperationName = keyof Contract;
export type RequestName = { [N in OperationName]: Contract[N] extends RequestOperation ? N : never }[OperationName];
export type StreamName = { [N in OperationName]: Contract[N] extends StreamOperation ? N : never }[OperationName];

/** What is sent is not to be changed, on either side. */
type Frozen<T> = T extends readonly (infer U)[]
  ? readonly Frozen<U>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T;

/** What a caller gives: fields with a default may be left out. */
export type InputOf<N extends RequestName> = Frozen<v.InferInput<Contract[N]['input']>>;
export type OutputOf<N extends RequestName> = Frozen<v.InferOutput<Contract[N]['output']>>;
export type ParamsOf<N extends StreamName> = Frozen<v.InferInput<Contract[N]['params']>>;
export type FrameOf<N extends StreamName> = Frozen<v.InferOutput<Contract[N]['frame']>>;

/** What the other end implements: input and output are validated around it. */
export type Service = {
  readonly [N in RequestName]: (
    input: v.InferOutput<Contract[N]['input']>,
    signal: AbortSignal,
  ) => Promise<Frozen<v.InferInput<Contract[N]['output']>>>;
} & {
  /** Pulled: the next frame is made when the reader has taken the one before. Returns soon after the signal aborts. */
  readonly [N in StreamName]: (
    params: v.InferOutput<Contract[N]['params']>,
    signal: AbortSignal,
  ) => AsyncIterable<Frozen<v.InferInput<Contract[N]['frame']>>>;
};

export interface CallOptions {
  /** Cancels this one call or stream. */
  readonly signal?: AbortSignal;
}

/** What a renderer calls. Failures are `SlipwayError` with the `ErrorData` of the other end. */
export interface Client {
  call<N extends RequestName>(operation: N, input: InputOf<N>, options?: CallOptions): Promise<OutputOf<N>>;
  /** Opened with the first frame asked for, closed when the loop is left. */
  open<N extends StreamName>(operation: N, params: ParamsOf<N>, options?: CallOptions): AsyncIterable<FrameOf<N>>;
}

export const operationNames: readonly OperationName[] = Object.keys(contract).filter(isOperationName);

/** Own names only: `__proto__` and `constructor` are none. */
export function isOperationName(name: string): name is OperationName {
  return Object.hasOwn(contract, name);
}

export type RunState = v.InferOutput<typeof RunStateSchema>;
export type ClusterSummary = OutputOf<'clusters.list'>[number];
export type ClusterDetails = OutputOf<'clusters.get'>;
export type ClusterHealth = OutputOf<'clusters.health'>;
export type RunSummary = OutputOf<'runs.list'>[number];
export type PlannedRun = OutputOf<'runs.plan'>;
export type Forecast = PlannedRun['preview'][number];
export type PlanFinding = PlannedRun['findings'][number];
export type StartedRun = OutputOf<'runs.start'>;
export type RunFrame = FrameOf<'runs.watch'>;
export type LogFrame = FrameOf<'runs.log'>;
export type ActiveRun = FrameOf<'runs.active'>['runs'][number];
export type Question = FrameOf<'runs.questions'>['questions'][number];
export type CredentialSummary = OutputOf<'credentials.list'>[number];
export type CheckedCredential = OutputOf<'credentials.check'>;
export type MissingPrivilege = OutputOf<'credentials.privileges'>['missing'][number];
export type InspectedServer = OutputOf<'credentials.inspect'>;
export type Trust = CredentialSummary['trust'];
export type VsphereChoice = OutputOf<'vsphere.choices'>[number];
export type TemplateSummary = OutputOf<'templates.list'>[number];
export type PoolSummary = OutputOf<'pools.list'>[number];
export type ReleaseSummary = OutputOf<'releases.list'>[number];
export type ProfileSummary = OutputOf<'profiles.list'>[number];
export type Profile = OutputOf<'profiles.get'>;
export type DraftSummary = OutputOf<'drafts.list'>[number];
export type Draft = OutputOf<'drafts.get'>;
export type SecretSummary = OutputOf<'secrets.list'>[number];
export type Settings = OutputOf<'settings.get'>;
export type SecretStore = OutputOf<'settings.secretStore'>;
export type Diagnostics = OutputOf<'diagnostics.preview'>;
export type HostCapabilities = OutputOf<'host.capabilities'>;

export type { Effect, Operation, RequestOperation, StreamOperation } from './define.ts';
export { contractVersion } from './version.ts';
