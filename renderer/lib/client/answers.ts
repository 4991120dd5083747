import type { FrameOf, OutputOf } from '#shared/contract/index.ts';

/** What the contract's operations answer, by the names of what it is. */
export type ClusterSummary = OutputOf<'clusters.list'>[number];
export type ClusterDetails = OutputOf<'clusters.get'>;
export type ClusterHealth = OutputOf<'clusters.health'>;
export type RunSummary = OutputOf<'runs.list'>[number];
export type RunState = RunSummary['state'];
export type PoolSummary = OutputOf<'pools.list'>[number];
export type StartedRun = OutputOf<'runs.start'>;
export type PlannedRun = OutputOf<'runs.plan'>;
export type Forecast = PlannedRun['preview'][number];
export type PlanFinding = PlannedRun['findings'][number];
export type RunFrame = FrameOf<'runs.watch'>;
export type LogLine = FrameOf<'runs.log'>['lines'][number];
export type Question = FrameOf<'runs.questions'>['questions'][number];
export type DraftSummary = OutputOf<'drafts.list'>[number];
