import { defineErrors } from './define.ts';

/** Between a renderer or a program and the host that answers it. */
export const rpcErrors = defineErrors('rpc', {
  bad_frame: {
    params: ['reason'],
    cause: 'The message is not one of the contract: {reason}.',
    hint: 'Load the page again. If that does not help, this is a fault in Slipway.',
    retry: 'never',
  },
  unknown_operation: {
    params: ['operation'],
    cause: 'There is no operation "{operation}".',
    hint: 'Load the page again: it may be of another version than the host.',
    retry: 'never',
  },
  bad_input: {
    params: ['operation', 'path', 'problem'],
    cause: '{operation} does not take this input: {path} {problem}.',
    hint: 'Correct the value and try again.',
    retry: 'never',
  },
  bad_output: {
    params: ['operation', 'path', 'problem'],
    cause: '{operation} answered what the contract does not allow: {path} {problem}.',
    hint: 'This is a fault in Slipway. Please report it with the log of the host.',
    retry: 'never',
  },
  not_allowed: {
    params: ['operation'],
    cause: 'This host does not allow {operation}.',
    hint: 'Use the desktop application or the command line for it.',
    retry: 'never',
  },
  id_in_use: {
    params: ['id'],
    cause: 'A call with the id {id} is open already.',
    hint: 'This is a fault in Slipway. Load the page again.',
    retry: 'never',
  },
  too_many_calls: {
    params: ['limit'],
    cause: 'There are {limit} open calls and streams already.',
    hint: 'Close some pages of Slipway, and try again.',
    retry: 'backoff',
  },
  cancelled: {
    params: ['operation'],
    cause: '{operation} was cancelled.',
    hint: 'Call it again when you want it.',
    retry: 'never',
  },
  disconnected: {
    params: ['reason'],
    cause: 'The connection to Slipway was lost: {reason}.',
    hint: 'Check that its host still runs; then load the page again.',
    retry: 'backoff',
  },
});
