import { describe, expect, it } from 'vitest';
import { addressText, parseVcenterAddress } from '#main/vsphere/client/address.ts';
import { errorData } from '#shared/errors/define.ts';

describe('the address of a vCenter', () => {
  it.each([
    ['vcenter.example.com', 'vcenter.example.com'],
    [' https://vcenter.example.com/ui/app ', 'vcenter.example.com'],
    ['10.0.0.5:8443', '10.0.0.5:8443'],
    ['https://vcenter.example.com:443/sdk', 'vcenter.example.com'],
    ['fd00::5', '[fd00::5]'],
    ['[fd00::5]:8443', '[fd00::5]:8443'],
  ])('%s is understood as %s', (typed, meant) => {
    expect(addressText(parseVcenterAddress(typed))).toBe(meant);
  });

  it.each(['', 'http://vcenter.example.com', 'not a name', 'https://root:secret@vcenter.example.com'])(
    '%s is refused, and no password in it is repeated',
    (typed) => {
      const refused = (() => {
        try {
          return addressText(parseVcenterAddress(typed));
        } catch (error) {
          return errorData(error);
        }
      })();
      expect(refused).toMatchObject({ code: 'vsphere.invalid_address' });
      expect(JSON.stringify(refused)).not.toContain('secret');
    },
  );
});
