import type { SlipwayError } from '#shared/errors/define.ts';
import { specErrors } from '#shared/errors/spec.ts';
import type { Registry } from '#shared/spec/cluster.ts';

export function registryProblems(registries: readonly Registry[]): readonly SlipwayError[] {
  const systemWide = registries.findIndex(({ systemImages }) => systemImages);
  return registries.flatMap((registry, index) => {
    const field = `spec.registries[${index}]`;
    const first = registries.findIndex(({ server }) => server === registry.server);
    const problems: SlipwayError[] = [];
    if (first !== index) {
      const other = `spec.registries[${first}]`;
      problems.push(specErrors.duplicate({ field: `${field}.server`, value: registry.server, other }));
    }
    if (registry.systemImages && systemWide !== index) {
      const other = `spec.registries[${systemWide}]`;
      problems.push(specErrors.duplicate({ field: `${field}.systemImages`, value: 'true', other }));
    }
    if ((registry.username === undefined) !== (registry.password === undefined)) {
      const missing = registry.username === undefined ? 'username' : 'password';
      const remedy = 'username and password belong together: give both or neither.';
      problems.push(specErrors.missing_key({ field: `${field}.${missing}`, remedy }));
    }
    if (registry.ca !== undefined && !registry.ca.includes('-----BEGIN CERTIFICATE-----')) {
      const expected = 'must be the PEM text of a certificate ("-----BEGIN CERTIFICATE-----…"), not a path';
      problems.push(specErrors.wrong_value({ field: `${field}.ca`, value: `"${registry.ca.slice(0, 40)}"`, expected }));
    }
    if (registry.ca !== undefined && registry.insecure) {
      const expected = 'must be false where a CA is given: plain HTTP has no certificate';
      problems.push(specErrors.wrong_value({ field: `${field}.insecure`, value: 'true', expected }));
    }
    return problems;
  });
}
