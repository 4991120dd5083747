import * as v from 'valibot';
import type { NodeTemplate } from '../spec/node-template.ts';
import { plain, request } from './define.ts';
import { documentText, name, nothing } from './parts.ts';

const summary = {
  template: plain<NodeTemplate>(),
  /** Names of the clusters with a pool that names it, sorted. */
  usedBy: v.array(v.string()),
};
export const TemplateSummary = v.strictObject(summary);

const template = v.strictObject({ name });

export const templates = {
  'templates.list': request({ effect: 'read', input: nothing, output: v.array(TemplateSummary) }),

  'templates.show': request({ effect: 'read', input: template, output: TemplateSummary, errors: ['template.unknown'] }),

  /** From the YAML or JSON text of one node template. */
  'templates.add': request({
    effect: 'mutate',
    input: v.strictObject({ text: documentText, replace: v.optional(v.boolean(), false) }),
    output: v.strictObject({ ...summary, warnings: v.array(v.string()) }),
    errors: ['template.unreadable', 'template.invalid', 'template.exists'],
  }),

  'templates.remove': request({
    effect: 'mutate',
    input: template,
    output: nothing,
    errors: ['template.unknown', 'template.in_use'],
  }),
};
