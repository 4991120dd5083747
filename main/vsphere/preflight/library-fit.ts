import type { Finding } from '#main/cluster/vsphere-port.ts';
import { SlipwayError } from '#shared/errors/define.ts';
import type { NodeTemplate } from '#shared/spec/node-template.ts';
import type { Vcenter } from '../client/vcenter.ts';
import { findItem } from '../library/deploy.ts';
import { stop, warn } from './finding.ts';

/** Whether the library items are there that templates name. What is inside of them vCenter does not tell. */
export async function libraryFit(
  vcenter: Vcenter,
  templates: readonly NodeTemplate[],
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const found = await Promise.all(templates.map((template) => lookAt(vcenter, template, signal)));
  return found.flat();
}

async function lookAt(vcenter: Vcenter, template: NodeTemplate, signal: AbortSignal): Promise<readonly Finding[]> {
  const { source, name, clone } = template;
  if (!('library' in source)) return [];
  const subject = `template ${name}`;
  const linked =
    clone === 'linked'
      ? [stop(subject, 'a library item cannot be cloned linked.', 'Set "clone: full", or clone from a template.')]
      : [];
  try {
    const { item, library } = source;
    const { type } = await findItem(vcenter, source, signal);
    const problem = `vCenter does not tell what is in ${library}/${item} (${type}): system, disks and cloud-init were not checked.`;
    return [...linked, warn(subject, problem, 'Make one machine first if you are not sure of it.')];
  } catch (error) {
    if (!(error instanceof SlipwayError) || !itemFaults.has(error.code)) throw error;
    return [...linked, stop(subject, error.data.cause, error.data.hint)];
  }
}

const itemFaults = new Set(['vsphere.not_found', 'vsphere.library_item_unfit', 'vsphere.invalid_request']);
