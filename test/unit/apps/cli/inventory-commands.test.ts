import { describe, expect, it } from 'vitest';
import { runCommandLine } from '#main/apps/cli/run-command-line.ts';
import { fakeWorld } from './fake-world.ts';
import { temporaryHome } from './home-for-test.ts';

const template = 'name: small\nsource: { vm: debian-13 }\nnetworks: [{ network: LAN }]\n';

describe('slipway template', () => {
  it('keeps, lists, shows and removes; what it shows can be added again', async () => {
    const home = await temporaryHome();
    const files = { 'small.yaml': template };
    expect((await home.run(['template', 'add', 'small.yaml'], { files })).code).toBe(0);
    const listed = await home.run(['template', 'list']);
    expect(listed.out).toMatch(/small +debian-13 +2 +4096 MiB +LAN/);
    const { out } = await home.run(['template', 'show', 'small']);
    const again = await home.run(['template', 'add', 'shown.yaml'], { files: { 'shown.yaml': out } });
    expect([again.code, again.err]).toEqual([2, expect.stringContaining('already a node template small')]);
    const replaced = await home.run(['template', 'add', 'shown.yaml', '--replace', '--json'], {
      files: { 'shown.yaml': out },
    });
    expect(replaced.json()).toMatchObject([{ type: 'template', template: { name: 'small', cpus: 2 }, usedBy: [] }]);
    expect((await home.run(['template', 'remove', 'small'])).code).toBe(0);
    const gone = await home.run(['template', 'show', 'small']);
    expect([gone.code, gone.err]).toEqual([2, expect.stringContaining('no node template small')]);
  });

  it('names the wrong field of a template, and answers 3', async () => {
    const home = await temporaryHome();
    const added = await home.run(['template', 'add', 't.yaml'], { files: { 't.yaml': `${template}cpu: 2\n` } });
    expect([added.code, added.err]).toEqual([3, expect.stringContaining('cpu is not a key of a node template')]);
    expect(added.err).toContain('Did you mean "cpus"?');
  });
});

describe('commands about the inventory', () => {
  it('say what they are for where there is nothing yet', async () => {
    const home = await temporaryHome();
    const said = await Promise.all(
      [
        ['credential', 'list'],
        ['template', 'list'],
        ['pool', 'list'],
      ].map(async (argv) => (await home.run(argv)).out),
    );
    expect(said).toEqual([
      expect.stringContaining('slipway credential add'),
      expect.stringContaining('slipway template add'),
      expect.stringContaining('No machine pools'),
    ]);
  });

  it.each([
    { argv: ['credential', 'add'], says: 'needs <name>' },
    { argv: ['credential', 'add', 'lab'], says: 'needs --address <host>' },
    { argv: ['credential', 'add', 'lab', '--address', 'v'], says: 'needs --user <name>' },
    { argv: ['credential', 'add', 'lab', '--address', 'v', '--user', 'u'], says: '--password-file <file>' },
    {
      argv: ['credential', 'add', 'lab', '--address', 'v', '--user', 'u', '--password', 'x'],
      says: 'no option --password',
    },
    { argv: ['credential', 'update', 'lab', '--proxy', 'http://p', '--no-proxy'], says: '--proxy does not go with' },
    { argv: ['credential', 'check'], says: 'needs <name>' },
    { argv: ['template', 'add'], says: 'needs <file>' },
    { argv: ['vsphere', 'list'], says: 'needs <credential>' },
    { argv: ['vsphere', 'orphans', 'lab', '--remove'], says: 'slipway vsphere orphans lab --remove --yes' },
  ])('answer 2 without opening anything: $argv', async ({ argv, says }) => {
    const world = fakeWorld(); // its slipway refuses every call
    expect([await runCommandLine(argv, world), world.err()]).toEqual([2, expect.stringContaining(says)]);
  });

  it('are given up at Ctrl-C', async () => {
    const world = fakeWorld({
      slipway: {
        credentials: {
          ...(await fakeWorld().open({ home: undefined, env: {}, label: '' })).credentials,
          check: async (_name, signal) => {
            world.press('SIGINT');
            signal.throwIfAborted();
            throw new Error('It was not told.');
          },
        },
      },
    });
    expect([await runCommandLine(['credential', 'check', 'lab'], world), world.err()]).toEqual([
      5,
      expect.stringContaining('"slipway credential check" was interrupted'),
    ]);
  });
});
