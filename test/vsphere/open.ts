import { parseVcenterAddress } from '#main/vsphere/client/address.ts';
import { Vcenter, type VcenterOptions } from '#main/vsphere/client/vcenter.ts';
import { errorData, type ErrorData } from '#shared/errors/define.ts';
import type { LabVcenter } from '#test/lab/vcenter/vcenter.ts';

export const { signal } = new AbortController();

/** What a person would give for this vCenter. */
export function optionsFor(lab: LabVcenter, changes: Partial<VcenterOptions> = {}): VcenterOptions {
  return {
    address: parseVcenterAddress(lab.url),
    trust: { kind: 'ca', pem: lab.caPem },
    user: lab.user,
    password: async () => lab.password,
    ...changes,
  };
}

export function openVcenter(lab: LabVcenter, changes: Partial<VcenterOptions> = {}): Promise<Vcenter> {
  return Vcenter.open(optionsFor(lab, changes), signal);
}

/** The error that it ends with, as data. */
export async function failureOf(promise: Promise<unknown>): Promise<ErrorData> {
  try {
    await promise;
  } catch (error) {
    return errorData(error);
  }
  throw new Error('It did not fail.');
}
