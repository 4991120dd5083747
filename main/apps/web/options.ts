import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { webErrors } from '#shared/errors/web.ts';

/** Where to listen: never on an address that another computer reaches. */
export type Place =
  /** 0: a free one. */
  { readonly kind: 'port'; readonly port: number } | { readonly kind: 'socket'; readonly path: string };

export interface WebOptions {
  readonly home: string | undefined;
  readonly place: Place;
  /** Open the person's browser. */
  readonly open: boolean;
  readonly help: boolean;
}

export const webOptionsHelp = `slipway-web: Slipway's pages for a browser on this computer

Usage: slipway-web [options]

  --port <number>    Listen on this port of 127.0.0.1 (default: a free one)
  --socket <path>    Listen on a Unix socket that only you can use, instead of a port
  --no-open          Do not open a browser
  --home <folder>    Folder of the inventory (default: $SLIPWAY_HOME, else in your data folder)
  -h, --help         Show this help

It listens on this computer only. From another one: ssh -L 8080:127.0.0.1:<port> you@here, then open the printed
address with port 8080. The address works once; call slipway-web again for another tab or browser.
Ctrl-C leaves runs as they are: they go on with "slipway resume", or on the cluster's page next time.
`;

/** @throws `web.option` */
export function webOptions(argv: readonly string[]): WebOptions {
  const values = parsed(argv);
  if (values.port !== undefined && values.socket !== undefined) {
    throw webErrors.option({ option: '--socket', problem: 'does not go with --port' });
  }
  if (values.socket === '') throw webErrors.option({ option: '--socket', problem: 'needs a path' });
  const port = values.port ?? '0';
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw webErrors.option({ option: '--port', problem: 'must be a number from 0 to 65535' });
  }
  const place: Place =
    values.socket === undefined
      ? { kind: 'port', port: Number(port) }
      : { kind: 'socket', path: resolve(values.socket) };
  return { home: values.home, place, open: values['no-open'] !== true, help: values.help === true };
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        home: { type: 'string' },
        port: { type: 'string' },
        socket: { type: 'string' },
        'no-open': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message.split('.', 1)[0] : undefined;
    throw webErrors.option({ option: 'list', problem: `cannot be read: ${problem ?? String(cause)}` }, { cause });
  }
}
