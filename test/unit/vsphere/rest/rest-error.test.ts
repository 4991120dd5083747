import { describe, expect, it } from 'vitest';
import { restError } from '#main/vsphere/rest/rest-error.ts';

const context = { what: 'make the tag a', object: 'tag a', privilege: 'InventoryService.Tagging.CreateTag' };
const failure = (type: string, ...texts: readonly string[]): string => {
  const messages = texts.map((default_message) => ({ id: 'an.id', default_message, args: [] }));
  return JSON.stringify({ type: `com.vmware.vapi.std.errors.${type}`, value: { messages } });
};
const errorOf = (status: number, body: string) => restError({ status, body }, context, 'vc.example.com').data;

describe('restError', () => {
  it.each([
    [400, failure('already_exists'), 'vsphere.name_taken'],
    [401, failure('unauthenticated'), 'vsphere.session_expired'],
    [403, failure('unauthorized'), 'vsphere.no_permission'],
    [404, failure('not_found'), 'vsphere.not_found'],
    [404, '<html>', 'vsphere.not_found'],
    [400, failure('resource_in_use'), 'vsphere.busy'],
    [400, failure('not_allowed_in_current_state'), 'vsphere.invalid_state'],
    [400, failure('invalid_argument'), 'vsphere.invalid_request'],
    [503, failure('service_unavailable'), 'vsphere.not_ready'],
    [502, 'Bad Gateway', 'vsphere.not_ready'],
    [500, failure('error', 'It broke.'), 'vsphere.refused'],
    [418, '', 'vsphere.refused'],
  ])('%i %s is %s', (status, body, code) => {
    expect(errorOf(status, body).code).toBe(code);
  });

  it('names object and privilege, or has the words of vCenter', () => {
    expect(errorOf(403, '').params).toEqual({
      what: 'make the tag a',
      object: 'tag a',
      privilege: 'InventoryService.Tagging.CreateTag',
    });
    expect(errorOf(500, failure('error', 'It broke.', 'Twice.')).cause).toBe(
      'The vCenter refuses to make the tag a (error): It broke. Twice.',
    );
  });
});
