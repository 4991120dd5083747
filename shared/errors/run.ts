import { defineErrors } from './define.ts';

export const runErrors = defineErrors('run', {
  unknown: {
    params: ['run'],
    cause: 'There is no run "{run}".',
    hint: '"slipway status" lists clusters and their runs.',
    retry: 'never',
  },
  nothing_to_resume: {
    params: ['run'],
    cause: 'The run {run} has succeeded: there is nothing to go on with.',
    hint: 'Use "slipway up" with the spec to bring the cluster to a new state.',
    retry: 'never',
  },
  cancel_asked: {
    params: ['run'],
    cause: 'Another process asked to cancel the run {run}.',
    hint: '"slipway resume" goes on with it.',
    retry: 'never',
  },
  busy: {
    params: ['cluster', 'run'],
    cause: 'The run {run} is at work on {cluster}.',
    hint: 'Wait for its end, or cancel it with "slipway cancel {cluster}".',
    retry: 'never',
  },
  question_unknown: {
    params: ['question'],
    cause: 'The question {question} is not open any more.',
    hint: 'Somebody has answered it, or what asked it has ended.',
    retry: 'never',
  },
  host_ending: {
    params: [],
    cause: 'This host of Slipway is ending and begins nothing new.',
    hint: 'Start it again.',
    retry: 'never',
  },
  no_kubeconfig: {
    params: ['cluster'],
    cause: 'The cluster {cluster} has no kubeconfig yet.',
    hint: 'It is written as soon as the phase "kubeconfig" has ended; "slipway status" shows how far the run is.',
    retry: 'never',
  },
  cluster_not_named: {
    params: ['clusters'],
    cause: 'Which cluster is meant? There are: {clusters}.',
    hint: 'Name one of them.',
    retry: 'never',
  },
});
