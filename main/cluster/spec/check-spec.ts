import { type ErrorData, errorData, type SlipwayError } from '#shared/errors/define.ts';
import { specErrors } from '#shared/errors/spec.ts';
import type { ClusterSpec } from '#shared/spec/cluster.ts';
import { checkExtraArgs } from '../releases/arguments.ts';
import type { Release } from '../releases/release.ts';
import { buildCluster } from './build-cluster.ts';
import { countOf, machineGroups } from './machine-groups.ts';
import { machineProblems } from './machine-problems.ts';
import { networkProblems } from './network-problems.ts';
import { nodeObjectProblems } from './node-object-problems.ts';
import { type ExistingMachines, nothing, poolProblems, vsphereProblems } from './pool-problems.ts';
import { registryProblems } from './registry-problems.ts';
import { templateProblems, templateWarnings } from './template-problems.ts';

export interface SpecCheck {
  readonly errors: readonly ErrorData[];
  readonly warnings: readonly string[];
}

/**
 * What the schema cannot say: how the parts of a spec fit together. Pure; finds all problems at once, in the order of
 * the document. Nothing is contacted.
 * @param existing what the inventory knows: machines keep their addresses, and those of others are not free.
 */
export function checkSpec(document: ClusterSpec, release: Release, existing: ExistingMachines = nothing): SpecCheck {
  const { spec } = document;
  const errors: SlipwayError[] = [
    ...releaseProblems(release),
    ...machineProblems(spec),
    ...nodeObjectProblems(machineGroups(spec)),
    ...vsphereProblems(spec),
    ...templateProblems(spec.templates),
    ...poolProblems(document, existing),
    ...registryProblems(spec.registries),
    ...networkProblems(spec),
    ...addonProblems(spec.addons),
  ];
  return {
    errors: [...errors.map(({ data }) => data), ...argumentProblems(document, release)],
    warnings: warningsFor(spec),
  };
}

function releaseProblems(release: Release): readonly SlipwayError[] {
  if (!release.legacy) return [];
  const expected = 'must be a supported release: this one is only for adopting a cluster that RKE built';
  return [specErrors.wrong_value({ field: 'spec.release', value: release.version, expected })];
}

function addonProblems(addons: ClusterSpec['spec']['addons']): readonly SlipwayError[] {
  return addons.flatMap(({ name }, index) => {
    const first = addons.findIndex((addon) => addon.name === name);
    if (first === index) return [];
    return [specErrors.duplicate({ field: `spec.addons[${index}].name`, value: name, other: `spec.addons[${first}]` })];
  });
}

/** The dialect's own check stops at the first unknown argument: each is given to it alone. */
function argumentProblems(document: ClusterSpec, release: Release): readonly ErrorData[] {
  const services = Object.entries(document.spec.services);
  const none = Object.fromEntries(services.map(([name, service]) => [name, { ...service, extraArgs: {} }]));
  const cluster = buildCluster('c-check', document, release);
  return services.flatMap(([name, service]) =>
    Object.entries(service.extraArgs).flatMap(([flag, value]) => {
      const alone = { ...document.spec.services, ...none, [name]: { ...service, extraArgs: { [flag]: value } } };
      try {
        checkExtraArgs({ ...cluster, spec: { ...cluster.spec, services: alone } });
        return [];
      } catch (error) {
        return [errorData(error)];
      }
    }),
  );
}

function warningsFor(spec: ClusterSpec['spec']): readonly string[] {
  const members = countOf(machineGroups(spec).filter(({ roles }) => roles.includes('etcd')));
  const warnings: string[] = [];
  if (members > 0 && members % 2 === 0) {
    warnings.push(
      `${members} machines have the role etcd. An even number survives no more failures than ${members - 1} would; ` +
        `use ${members - 1} or ${members + 1}.`,
    );
  }
  if (members > 7)
    warnings.push(`${members} machines have the role etcd. More than 7 members make every write slower.`);
  for (const { server, insecure } of spec.registries) {
    if (insecure) warnings.push(`Images come from ${server} by plain HTTP: anybody on the way can change them.`);
  }
  if (spec.network.plugin === 'none') {
    warnings.push('spec.network.plugin is "none": nodes stay NotReady until you deploy a network plugin yourself.');
  }
  warnings.push(...templateWarnings(spec.templates));
  for (const [index, addon] of spec.addons.entries()) {
    // The spec is kept readable in the inventory: it holds references to secrets, never secrets.
    if (addon.from === 'inline' && secretObject.test(addon.yaml)) {
      warnings.push(
        `spec.addons[${index}] (${addon.name}) has a Secret in the spec itself, which is stored as it is. ` +
          'Put the manifest into a file of its own and name it with "from: file".',
      );
    }
  }
  return warnings;
}

/** In block or flow style; a Secret in a comment costs no more than the warning. */
const secretObject = /\bkind["']?\s*:\s*["']?Secret\b/;
