import type { PlannedStep } from './plan.ts';

/** A step on its way. Mutable, owned by one session of the runner. */
export interface Node {
  readonly step: PlannedStep;
  state: 'waiting' | 'queued' | 'active' | 'ended';
  /** Ended well: succeeded, or skipped as already so. */
  good: boolean;
  /** Edges that are still open. */
  unmet: number;
  /** Nodes that need this one to end well; nodes that wait for it to end at all. */
  readonly neededBy: Node[];
  readonly followedBy: Node[];
}

export interface Graph {
  /** In the plan's order. */
  readonly nodes: readonly Node[];
  readonly byId: ReadonlyMap<string, Node>;
}

export interface Consequences {
  /** May start now. */
  readonly ready: readonly Node[];
  /** Will never start. `by`: which of its needs ended badly so far. */
  readonly blocked: readonly { readonly node: Node; readonly by: readonly string[] }[];
}

/**
 * The plan as a graph in which each end costs only its own edges, so that a thousand machines cost a thousand times
 * one machine.
 */
export function createGraph(steps: readonly PlannedStep[]): Graph {
  const nodes = steps.map((step): Node => ({
    step,
    state: 'waiting',
    good: false,
    unmet: step.needs.length + step.after.length,
    neededBy: [],
    followedBy: [],
  }));
  const byId = new Map(nodes.map((node) => [node.step.id, node]));
  for (const node of nodes) {
    for (const id of node.step.needs) byId.get(id)?.neededBy.push(node);
    for (const id of node.step.after) byId.get(id)?.followedBy.push(node);
  }
  return { nodes, byId };
}

/** Ends a node and everything that its bad end blocks, and says what follows from it. */
export function endNode(graph: Graph, ended: Node, good: boolean): Consequences {
  const ready: Node[] = [];
  const blocked: { node: Node; by: readonly string[] }[] = [];
  const ends = [ended];
  ended.state = 'ended';
  ended.good = good;
  // The list grows while it is walked: a blocked step has ended too. No recursion: chains can be thousands long.
  for (const node of ends) {
    for (const dependent of node.neededBy) {
      if (dependent.state !== 'waiting') continue;
      if (node.good) {
        meet(dependent, ready);
        continue;
      }
      dependent.state = 'ended';
      blocked.push({ node: dependent, by: badNeeds(graph, dependent) });
      ends.push(dependent);
    }
    for (const follower of node.followedBy) meet(follower, ready);
  }
  return { ready, blocked };
}

function meet(node: Node, ready: Node[]): void {
  node.unmet -= 1;
  if (node.unmet === 0 && node.state === 'waiting') ready.push(node);
}

function badNeeds(graph: Graph, node: Node): readonly string[] {
  return node.step.needs.filter((id) => {
    const need = graph.byId.get(id);
    return need?.state === 'ended' && !need.good;
  });
}
