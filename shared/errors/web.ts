import { defineErrors } from './define.ts';

/** The web host: what it was started with, and what it refuses over HTTP. */
export const webErrors = defineErrors('web', {
  option: {
    params: ['option', 'problem'],
    cause: 'Option {option} of slipway-web {problem}.',
    hint: 'All options: slipway-web --help',
    retry: 'never',
  },
  cannot_listen: {
    params: ['where', 'reason'],
    cause: 'The web host cannot listen on {where}: {reason}.',
    hint: 'Choose another --port, or leave it out for a free one; for --socket name a path in a folder of your own.',
    retry: 'never',
  },
  running: {
    params: ['pid'],
    cause: 'A web host of this inventory runs already (process {pid}).',
    hint: 'Use the address printed above, or end that process first.',
    retry: 'never',
  },
  wrong_host: {
    params: [],
    cause: 'The request is for another host than this computer itself.',
    hint: 'Open the address that slipway-web has printed; from another computer forward it with "ssh -L".',
    retry: 'never',
  },
  wrong_origin: {
    params: [],
    cause: 'The request comes from another page than the ones of this host.',
    hint: 'Open the address that slipway-web has printed.',
    retry: 'never',
  },
  no_session: {
    params: [],
    cause: 'This page has no session with the host any more.',
    hint: 'Call slipway-web again: it prints a new address that works once.',
    retry: 'never',
  },
  no_connection: {
    params: [],
    cause: 'The connection of this page is not open any more.',
    hint: 'Load the page again.',
    retry: 'never',
  },
  too_many_connections: {
    params: ['limit'],
    cause: 'There are {limit} open pages already.',
    hint: 'Close some pages of Slipway, and try again.',
    retry: 'backoff',
  },
  too_large: {
    params: ['limit'],
    cause: 'The request is longer than {limit} bytes.',
    hint: 'A cluster spec has at most 1 MiB.',
    retry: 'never',
  },
  bad_request: {
    params: ['reason'],
    cause: 'The host cannot read the request: {reason}.',
    hint: 'Load the page again. If that does not help, this is a fault in Slipway.',
    retry: 'never',
  },
  not_found: {
    params: [],
    cause: 'There is nothing at this address.',
    hint: 'Open the address that slipway-web has printed.',
    retry: 'never',
  },
});
