import type { VsphereChoice } from '#main/api/vsphere/choices.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LabVcenter } from '#test/lab/vcenter/vcenter.ts';
import { type Home, type Ran, temporaryHome } from '#test/unit/apps/cli/home-for-test.ts';

let lab: LabVcenter;
let home: Home;

beforeAll(async () => {
  lab = await LabVcenter.start();
});
afterAll(() => lab[Symbol.asyncDispose]());
afterEach(async () => {
  await lab.control.replaceCertificate();
  await lab.control.clearRules();
  await lab.control.reset();
});

const address = () => new URL(lab.url).host;

async function add(extra: readonly string[], options: Parameters<Home['run']>[1] = {}): Promise<Ran> {
  const files = { 'ca.pem': lab.caPem, pass: `${lab.password}\n`, wrong: 'wr0ng-password\n', ...options.files };
  return home.run(['credential', 'add', 'lab', '--address', address(), '--user', lab.user, ...extra], {
    ...options,
    files,
  });
}
const withCa = ['--ca', 'ca.pem', '--password-file', 'pass'];
const list = async () => (await home.run(['credential', 'list', '--json'])).json()[0]?.['credentials'];

describe('slipway credential add', () => {
  it('keeps a vCenter that a given CA vouches for, after one login', async () => {
    home = await temporaryHome();
    const added = await add(withCa);
    expect(added).toMatchObject({ code: 0, questions: [], err: '' });
    expect(added.out).toContain('VMware vCenter Server');
    expect((await lab.control.calls()).logins).toEqual([{ user: lab.user, accepted: true }]);
    expect(await list()).toMatchObject([
      { name: 'lab', address: address(), user: lab.user, trust: { kind: 'ca' }, usedBy: [] },
    ]);
    // The session was closed, too.
    expect((await lab.control.calls()).sessions).toBe(0);
  });

  it('tries a wrong password once, keeps nothing, and says it nowhere', async () => {
    home = await temporaryHome();
    const refused = await add(['--ca', 'ca.pem', '--password-file', 'wrong']);
    expect(refused.code).toBe(4);
    expect(refused.err).toContain(`refuses the login of ${lab.user}`);
    expect((await lab.control.calls()).logins).toEqual([{ user: lab.user, accepted: false }]);
    expect(await list()).toEqual([]);
    expect((await home.everything()).includes('wr0ng-password')).toBe(false);
  });

  it('sends nothing to a server whose certificate nobody vouches for, and names its thumbprint', async () => {
    home = await temporaryHome();
    const sha256 = await lab.control.replaceCertificate();
    const refused = await add(['--password-file', 'pass']);
    expect(refused).toMatchObject({ code: 4, questions: [] });
    expect(refused.err).toContain(sha256);
    expect((await lab.control.calls()).requests).toBe(0);
    expect(await list()).toEqual([]);
  });

  it('shows the certificate once on a terminal, and sends nothing when it is not approved', async () => {
    home = await temporaryHome();
    const sha256 = await lab.control.replaceCertificate();
    const refused = await add([], { answers: ['n'], terminal: true });
    expect(refused).toMatchObject({ code: 4, questions: ['Is it the same, and shall it be pinned? [y/N] '] });
    expect(refused.out).toContain(sha256);
    expect((await lab.control.calls()).requests).toBe(0);
  });

  it('asks for the password after the certificate was approved, and pins what was approved', async () => {
    home = await temporaryHome();
    const sha256 = await lab.control.replaceCertificate();
    const added = await add([], { answers: ['yes', lab.password], terminal: true });
    expect(added.code).toBe(0);
    expect(added.questions).toEqual([
      'Is it the same, and shall it be pinned? [y/N] ',
      `Password of ${lab.user} at ${address()}: `,
    ]);
    expect(await list()).toMatchObject([{ trust: { kind: 'thumbprint', sha256 } }]);
  });

  it('takes a thumbprint however it is written, and refuses a server that has another one', async () => {
    home = await temporaryHome();
    const sha256 = await lab.control.replaceCertificate();
    const plain = sha256.replaceAll(':', '').toLowerCase();
    const other = plain.replace(/^../, plain.startsWith('00') ? '11' : '00');
    const refused = await add(['--thumbprint', other, '--password-file', 'pass']);
    expect([refused.code, refused.err]).toEqual([4, expect.stringContaining(sha256)]);
    expect((await lab.control.calls()).requests).toBe(0);
    expect((await add(['--thumbprint', plain, '--password-file', 'pass'])).code).toBe(0);
    expect(await list()).toMatchObject([{ trust: { kind: 'thumbprint', sha256 } }]);
  });

  it.each([
    { argv: [], says: '--password-file', why: 'nobody can be asked for the password' },
    { argv: ['--password-file', 'empty'], says: 'password of the cloud credential lab is empty', why: 'it is empty' },
    {
      argv: [...withCa, '--thumbprint', 'AB'],
      says: '--ca does not go with --thumbprint',
      why: 'trust is given twice',
    },
    {
      argv: ['--thumbprint', 'AB', '--password-file', 'pass'],
      says: 'AB is not the SHA-256',
      why: 'a thumbprint is none',
    },
    { argv: ['--ca', 'pass', '--password-file', 'pass'], says: 'no certificate is in it', why: 'the CA is none' },
    {
      argv: ['--proxy', 'http://ann:s3cret-of-proxy@p:1', ...withCa],
      says: 'proxy',
      why: 'a password is in the proxy',
    },
  ])('sends no login when $why', async ({ argv, says }) => {
    home = await temporaryHome();
    const trust = argv.some((word) => word.startsWith('--ca') || word === '--thumbprint') ? [] : ['--ca', 'ca.pem'];
    const refused = await add([...argv, ...trust], { files: { empty: '\n' } });
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining(says)]);
    expect((await lab.control.calls()).logins).toEqual([]);
    expect((await home.everything()).includes('s3cret-of-proxy')).toBe(false);
  });

  it('takes the password from SLIPWAY_PASSWORD, and seals it: it stands in no file and no output', async () => {
    home = await temporaryHome();
    expect((await add(['--ca', 'ca.pem'], { env: { SLIPWAY_PASSWORD: lab.password } })).code).toBe(0);
    expect((await home.run(['credential', 'check', 'lab', '--json'])).code).toBe(0);
    const bytes = await home.everything();
    expect(bytes.includes(address())).toBe(true);
    expect(bytes.includes(lab.password)).toBe(false);
    expect(bytes.includes(Buffer.from(lab.password).toString('base64'))).toBe(false);
  });

  it('does not replace one of that name', async () => {
    home = await temporaryHome();
    await add(withCa);
    const again = await add(withCa);
    expect([again.code, again.err]).toEqual([2, expect.stringContaining('already a cloud credential lab')]);
  });
});

describe('a cloud credential', () => {
  it('works as long as the certificate is the approved one; then everything stops with both thumbprints', async () => {
    home = await temporaryHome();
    const before = await lab.control.replaceCertificate();
    await add(['--thumbprint', before, '--password-file', 'pass']);
    expect((await home.run(['credential', 'check', 'lab'])).code).toBe(0);
    const after = await lab.control.replaceCertificate();
    await lab.control.reset();
    for (const argv of [
      ['credential', 'check', 'lab'],
      ['vsphere', 'list', 'lab'],
      ['credential', 'update', 'lab', '--password-file', 'pass'],
    ]) {
      const stopped = await home.run(argv, { files: { pass: lab.password } });
      expect([stopped.code, stopped.err]).toEqual([4, expect.stringContaining(`${before} was approved, ${after} is`)]);
    }
    expect((await lab.control.calls()).requests).toBe(0);
    const renewed = await home.run(['credential', 'update', 'lab', '--thumbprint', after]);
    expect([renewed.code, renewed.err]).toEqual([0, '']);
    expect((await home.run(['credential', 'check', 'lab'])).code).toBe(0);
  });

  it('gets a new password only when it works', async () => {
    home = await temporaryHome();
    await add(withCa);
    await lab.control.reset();
    const refused = await home.run(['credential', 'update', 'lab'], { answers: ['wr0ng-password'], terminal: true });
    expect([refused.code, refused.questions]).toEqual([4, ['Password of the credential lab: ']]);
    expect((await lab.control.calls()).logins).toEqual([{ user: lab.user, accepted: false }]);
    expect((await home.run(['credential', 'check', 'lab'])).code).toBe(0);
    const changed = await home.run(['credential', 'update', 'lab'], { answers: [lab.password], terminal: true });
    expect(changed.code).toBe(0);
    expect((await home.everything()).includes('wr0ng-password')).toBe(false);
  });

  it('asks for the password of another user, and says that it cannot where nobody is there', async () => {
    home = await temporaryHome();
    await add(withCa);
    const refused = await home.run(['credential', 'update', 'lab', '--user', 'bob']);
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('--password-file')]);
  });

  it('is unknown after it was removed, with the names that there are', async () => {
    home = await temporaryHome();
    await add(withCa);
    expect((await home.run(['credential', 'remove', 'lab'])).code).toBe(0);
    const unknown = await home.run(['credential', 'check', 'lab']);
    expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining('There are: none yet')]);
  });
});

describe('slipway vsphere list', () => {
  it('lists what a template can name, found by words of its path', async () => {
    home = await temporaryHome();
    await add(withCa);
    const all = await home.run(['vsphere', 'list', 'lab']);
    expect(all.out).toMatch(/^KIND +NAME +PATH\n/);
    expect(all.out).toMatch(/datastore +LocalDS_0 +\/DC0\/datastore\/LocalDS_0 +.*free/);
    const [found] = (
      await home.run(['vsphere', 'list', 'lab', 'networks', '--search', 'dc0 vm network', '--json'])
    ).json();
    expect(found?.['choices']).toMatchObject([
      { kind: 'networks', name: 'VM Network', path: '/DC0/network/VM Network' },
    ]);
    for (const kind of ['vms', 'library-items', 'tags', 'custom-attributes']) {
      expect((await home.run(['vsphere', 'list', 'lab', kind])).code).toBe(0);
    }
    expect((await lab.control.calls()).invalid).toEqual([]);
    expect((await lab.control.calls()).sessions).toBe(0);
  });

  it('says which datastores and networks the hosts of a cluster have', async () => {
    home = await temporaryHome();
    await add(withCa);
    const listed = async (kind: string) => {
      const [answer] = (await home.run(['vsphere', 'list', 'lab', kind, '--json'])).json();
      return answer?.['choices'] as VsphereChoice[];
    };
    const [cluster] = await listed('clusters');
    const reached = [...(await listed('datastores')), ...(await listed('networks'))]
      .filter(({ id }) => cluster?.reaches?.includes(id))
      .map(({ name }) => name);
    expect(reached).toEqual(expect.arrayContaining(['LocalDS_0', 'VM Network']));
  });

  it('names the kinds that there are for one that is none', async () => {
    home = await temporaryHome();
    const wrong = await home.run(['vsphere', 'list', 'lab', 'network']);
    expect([wrong.code, wrong.err]).toEqual([
      2,
      expect.stringContaining('datastore-clusters, networks, folders, library-items'),
    ]);
  });
});
