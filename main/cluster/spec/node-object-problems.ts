import type { SlipwayError } from '#shared/errors/define.ts';
import { specErrors } from '#shared/errors/spec.ts';
import type { MachineGroup } from './machine-groups.ts';

const name = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const prefix = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/**
 * Labels and taints of the Node objects, by the rules of apimachinery's validation ("qualified name", "label value"):
 * the API would refuse them long after the machines have been changed.
 */
export function nodeObjectProblems(groups: readonly MachineGroup[]): readonly SlipwayError[] {
  return groups.flatMap((group) => [
    ...labelProblems(group, `${group.field}.labels`),
    ...taintProblems(group, `${group.field}.taints`),
  ]);
}

const keyRule =
  'must be a label key: letters, digits, "-", "_" and "." (at most 63), with an optional DNS prefix and "/" before it';
const valueRule = 'must be empty or at most 63 letters, digits, "-", "_" and ".", beginning and ending alphanumeric';

function labelProblems({ labels }: MachineGroup, field: string): readonly SlipwayError[] {
  return Object.entries(labels).flatMap(([key, value]) => {
    const at = `${field}["${key}"]`;
    return [
      ...(isKey(key) ? [] : [specErrors.wrong_value({ field: at, value: `"${key}"`, expected: keyRule })]),
      ...(isValue(value) ? [] : [specErrors.wrong_value({ field: at, value: `"${value}"`, expected: valueRule })]),
    ];
  });
}

function taintProblems({ taints }: MachineGroup, field: string): readonly SlipwayError[] {
  return taints.flatMap(({ key, value, effect }, index) => {
    const at = `${field}[${index}]`;
    const first = taints.findIndex((other) => other.key === key && other.effect === effect);
    return [
      ...(isKey(key) ? [] : [specErrors.wrong_value({ field: `${at}.key`, value: `"${key}"`, expected: keyRule })]),
      ...(isValue(value)
        ? []
        : [specErrors.wrong_value({ field: `${at}.value`, value: `"${value}"`, expected: valueRule })]),
      ...(first === index
        ? []
        : [specErrors.duplicate({ field: at, value: `${key}:${effect}`, other: `${field}[${first}]` })]),
    ];
  });
}

function isKey(key: string): boolean {
  const parts = key.split('/');
  const [first = '', second] = parts;
  if (parts.length > 2) return false;
  return second === undefined ? name.test(first) : prefix.test(first) && name.test(second);
}

function isValue(value: string): boolean {
  return value === '' || name.test(value);
}
