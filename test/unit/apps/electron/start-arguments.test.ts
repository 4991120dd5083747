import { describe, expect, it } from 'vitest';
import { startArguments } from '#main/apps/electron/start-arguments.ts';

describe('startArguments', () => {
  it.each([
    '/clusters',
    '/clusters/home',
    '/runs/run-7?step=docker%2Fnode-1',
    '/new',
    '/new?profile=demo',
    '/settings',
  ])('opens %s', (page) => {
    expect(startArguments(['slipway-desktop', '--enable-logging', `--page=${page}`])).toEqual({
      page,
      selfCheck: false,
    });
  });

  it.each([
    '--page=https://example.com/',
    '--page=//example.com/',
    '--page=/runs/x#y',
    '--page=/runs/ x',
    '--page=/runs/"><script>',
    '--page=/elsewhere',
    '--page=/clustersx',
    '--page=../clusters',
    `--page=/runs/${'x'.repeat(500)}`,
    '--page',
    '/clusters',
    'slipway://runs/1',
    'file:///etc/passwd',
    '--page=/runs/1\n--no-sandbox',
  ])('leaves out %j', (argument) => {
    expect(startArguments(['slipway-desktop', argument])).toEqual({ selfCheck: false });
  });

  it('takes the last page when there are several', () => {
    expect(startArguments(['--page=/new', '--page=/clusters']).page).toBe('/clusters');
  });

  it('knows the self-check', () => {
    expect(startArguments(['--self-check']).selfCheck).toBe(true);
  });
});
