import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Vcenter } from '#main/vsphere/client/vcenter.ts';
import { openLibraries } from '#main/vsphere/library/libraries.ts';
import { openTags } from '#main/vsphere/tags/tags.ts';
import { LabVcenter } from '#test/lab/vcenter/vcenter.ts';
import { failureOf, openVcenter, signal } from './open.ts';

const session = '/rest/com/vmware/cis/session';
const categories = '/rest/com/vmware/cis/tagging/category';
const tag = { category: 'slipway-cluster', name: 'c-abcde' };

let lab: LabVcenter;
let vcenter: Vcenter;

beforeAll(async () => (lab = await LabVcenter.start()));
afterAll(() => lab[Symbol.asyncDispose]());
beforeEach(async () => {
  vcenter = await openVcenter(lab);
  await lab.control.reset();
});
afterEach(async () => {
  await vcenter[Symbol.asyncDispose]();
  await lab.control.clearRules();
  expect((await lab.control.calls()).invalid).toEqual([]);
});

const countOf = async (call: string): Promise<number> => (await lab.control.calls()).methods[call] ?? 0;
const rule = (path: string, what: { status?: number; times?: number; drop?: 'before' }) =>
  lab.control.addRule({ path, ...what });

describe('the REST session', () => {
  it('is opened when it is needed, once for tags and libraries, and closed with the vCenter', async () => {
    expect(await countOf(`POST ${session}`)).toBe(0);
    const [tags, libraries] = [openTags(vcenter), openLibraries(vcenter)];
    await Promise.all([tags.has(tag, signal), libraries.list(signal), tags.has(tag, signal)]);
    expect(await countOf(`POST ${session}`)).toBe(1);
    await vcenter[Symbol.asyncDispose]();
    expect(await countOf(`DELETE ${session}`)).toBe(1);
    expect((await lab.control.calls()).sessions).toBe(0);
  });

  it('is opened again when vCenter has ended it', async () => {
    const tags = openTags(vcenter);
    await tags.has(tag, signal);
    await lab.control.expireSessions();
    expect(await tags.has(tag, signal)).toBe(false);
    expect(await countOf(`POST ${session}`)).toBe(2);
  });

  it('is not asked for a second time when vCenter refuses the login', async () => {
    await rule(`^POST ${session}`, { status: 401 });
    const tags = openTags(vcenter);
    const error = await failureOf(tags.has(tag, signal));
    expect(error).toMatchObject({ code: 'vsphere.login_refused', params: { user: 'administrator' } });
    expect(JSON.stringify(error)).not.toContain(lab.password);
    expect((await failureOf(openLibraries(vcenter).list(signal))).code).toBe('vsphere.login_refused');
    expect(await countOf(`POST ${session}`)).toBe(1);
  });

  it('is tried again when vCenter was not ready', async () => {
    await rule(`^POST ${session}`, { status: 503, times: 1 });
    const tags = openTags(vcenter);
    expect((await failureOf(tags.has(tag, signal))).code).toBe('vsphere.not_ready');
    expect(await tags.has(tag, signal)).toBe(false);
  });

  it('says that a server has no REST API', async () => {
    await rule(`^POST ${session}`, { status: 404 });
    expect(await failureOf(openTags(vcenter).has(tag, signal))).toMatchObject({
      code: 'vsphere.no_rest',
      cause: expect.stringContaining('Cannot look up tags: '),
    });
  });
});

describe('a REST request', () => {
  it('that is not permitted names the privilege', async () => {
    await rule(`^POST ${categories}`, { status: 403 });
    expect(await failureOf(openTags(vcenter).ensure(tag, '', signal))).toMatchObject({
      code: 'vsphere.no_permission',
      params: { privilege: 'InventoryService.Tagging.CreateCategory', object: 'tag category slipway-cluster' },
    });
  });

  it('whose connection breaks, or that vCenter is too busy for, may be tried again', async () => {
    await rule(`^GET ${categories}`, { drop: 'before', times: 1 });
    const tags = openTags(vcenter);
    expect(await failureOf(tags.has(tag, signal))).toMatchObject({ code: 'vsphere.unreachable', retry: 'backoff' });
    await rule(`^GET ${categories}`, { status: 502, times: 1 });
    expect(await failureOf(tags.has(tag, signal))).toMatchObject({ code: 'vsphere.not_ready', retry: 'backoff' });
    expect(await tags.has(tag, signal)).toBe(false);
  });
});
