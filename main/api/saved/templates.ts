import { readDocument } from '#main/cluster/spec/read-document.ts';
import { nodeTemplateProblems, templateWarnings } from '#main/cluster/spec/template-problems.ts';
import type { Store } from '#main/store/store.ts';
import { problemCount, withProblems } from '#shared/errors/problems.ts';
import { templateErrors } from '#shared/errors/template.ts';
import type { ClusterSpec } from '#shared/spec/cluster.ts';
import { NodeTemplate } from '#shared/spec/node-template.ts';
import type { World } from '#main/api/world.ts';

export interface TemplateSummary {
  readonly template: NodeTemplate;
  /** Names of the clusters with a pool that names it, sorted. */
  readonly usedBy: readonly string[];
}

export interface AddedTemplate extends TemplateSummary {
  /** What works, but not as one might think. */
  readonly warnings: readonly string[];
}

/** Node templates of the inventory. */
export interface TemplatesApi {
  /**
   * From YAML or JSON text of one node template.
   * @throws `template.unreadable`; `template.invalid` with every problem in its chain; `template.exists`
   */
  add(text: string, options: { readonly replace: boolean }): Promise<AddedTemplate>;
  list(): Promise<readonly TemplateSummary[]>;
  /** @throws `template.unknown` */
  show(name: string): Promise<TemplateSummary>;
  /** @throws `template.in_use` with the clusters, `template.unknown` */
  remove(name: string): Promise<void>;
}

export function templatesApi(world: World): TemplatesApi {
  const { templates } = world.store;
  const show = (name: string): TemplateSummary => {
    const template = templates.find(name);
    const known = templates.list().map((one) => one.name);
    if (!template) throw templateErrors.unknown({ name, known: known.join(', ') || 'none yet' });
    return summaryOf(world, template);
  };

  return {
    async add(document, options) {
      const template = readDocument(NodeTemplate, document, templateErrors);
      const { name } = template;
      const problems = nodeTemplateProblems(template, name).map(({ data }) => data);
      if (problems.length > 0) {
        throw withProblems(templateErrors.invalid({ problems: problemCount(problems) }), problems);
      }
      templates.put(template, options);
      const warnings = templateWarnings([template]).map((text) => text.replace('spec.templates[0]', name));
      return { ...summaryOf(world, template), warnings };
    },
    list: async () => templates.list().map((template) => summaryOf(world, template)),
    show: async (name) => show(name),
    async remove(name) {
      const { usedBy } = show(name);
      if (usedBy.length > 0) throw templateErrors.in_use({ name, clusters: usedBy.join(', ') });
      templates.remove(name);
    },
  };
}

/**
 * The spec with the node templates of the inventory that its pools name and that it does not define itself: what a run
 * keeps is whole then, whatever happens to the inventory's. Names that nobody knows are left for `checkSpec` to refuse.
 */
export function withInventoryTemplates(document: ClusterSpec, { templates }: Pick<Store, 'templates'>): ClusterSpec {
  const { spec } = document;
  const own = new Set(spec.templates.map(({ name }) => name));
  const wanted = [...new Set(spec.pools.map(({ template }) => template))].filter((name) => !own.has(name));
  const found = wanted.flatMap((name) => templates.find(name) ?? []);
  return found.length === 0 ? document : { ...document, spec: { ...spec, templates: [...spec.templates, ...found] } };
}

function summaryOf({ store }: World, template: NodeTemplate): TemplateSummary {
  const clusters = store.clusters.list().filter(({ spec }) => {
    return spec.spec.pools.some((pool) => pool.template === template.name);
  });
  return { template, usedBy: clusters.map(({ name }) => name) };
}
