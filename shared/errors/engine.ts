import { defineErrors } from './define.ts';

/** Of the runner itself. What goes wrong inside a step comes from the step's own area. */
export const engineErrors = defineErrors('engine', {
  lease_held: {
    params: ['cluster', 'run', 'label', 'pid', 'hostname'],
    cause: 'Cluster {cluster} is being worked on by "{label}" (process {pid} on {hostname}, run {run}).',
    hint: 'Watch that run, or wait until it has ended. If the process is gone, the lease ends by itself within a minute.',
    retry: 'never',
  },
  lease_lost: {
    params: ['cluster', 'run'],
    cause: 'Run {run} no longer holds the lease of cluster {cluster}: another process has taken it.',
    hint: 'Watch the run that goes on there. This happens when the computer slept or stood still for long.',
    retry: 'never',
  },
  unknown_run: {
    params: ['run'],
    cause: 'There is no run {run} in the inventory.',
    hint: 'List the runs of the cluster and use one of those ids.',
    retry: 'never',
  },
  cancelled: {
    params: ['run'],
    cause: 'Run {run} was cancelled.',
    hint: 'Resume it to go on from where it stopped.',
    retry: 'never',
  },
  left: {
    params: ['run'],
    cause: 'Run {run} was left as it is.',
    hint: 'Resume it to go on from where it stopped.',
    retry: 'never',
  },
  step_deadline: {
    params: ['step', 'withinSeconds'],
    cause: 'Step {step} did not end within {withinSeconds} s.',
    hint: 'Look at its last lines. Raise the deadline under spec.timeouts if the machine is just slow, then resume.',
    retry: 'never',
  },
  duplicate_step: {
    params: ['step'],
    cause: 'The plan has step {step} twice.',
    hint: 'This is a fault in Slipway. Please report it with the cluster spec.',
    retry: 'never',
  },
  unknown_phase: {
    params: ['step', 'phase'],
    cause: 'Step {step} of the plan belongs to phase {phase}, which does not exist.',
    hint: 'The plan may come from another version of Slipway: use that one to resume, or make a new plan.',
    retry: 'never',
  },
  unknown_dependency: {
    params: ['step', 'dependency'],
    cause: 'Step {step} of the plan waits for step {dependency}, which is not in the plan.',
    hint: 'This is a fault in Slipway. Please report it with the cluster spec.',
    retry: 'never',
  },
  cycle: {
    params: ['steps'],
    cause: 'Steps of the plan wait for one another in a circle: {steps}.',
    hint: 'This is a fault in Slipway. Please report it with the cluster spec.',
    retry: 'never',
  },
});
