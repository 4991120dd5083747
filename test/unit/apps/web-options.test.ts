import { describe, expect, it } from 'vitest';
import { webOptions } from '#main/apps/web/options.ts';

describe('webOptions', () => {
  it('listens on a free port and opens a browser when nothing is said', () => {
    expect(webOptions([])).toEqual({ home: undefined, place: { kind: 'port', port: 0 }, open: true, help: false });
  });

  it('takes a port, a socket and a home', () => {
    expect(webOptions(['--port', '8080', '--no-open', '--home', '/h'])).toEqual({
      home: '/h',
      place: { kind: 'port', port: 8080 },
      open: false,
      help: false,
    });
    expect(webOptions(['--socket', '/run/me/web.sock']).place).toEqual({ kind: 'socket', path: '/run/me/web.sock' });
  });

  it.each([
    [['--port', 'http']],
    [['--port', '70000']],
    [['--port=-1']],
    [['--port=1', '--socket=a']],
    [['--socket=']],
    [['--host', '0.0.0.0']],
    [['--address=0.0.0.0']],
    [['0.0.0.0']],
  ])('refuses %o', (argv) => {
    expect(() => webOptions(argv)).toThrow(/^Option /);
  });
});
