import { stringify } from 'yaml';

/**
 * YAML as cloud-init reads it: PyYAML knows version 1.1, in which `on` is a boolean, `12:30:45` a number and `=` an error
 * unless it is in quotes. So all text is.
 */
export function yamlText(value: unknown): string {
  return stringify(value, {
    compat: 'yaml-1.1', // for keys
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'PLAIN',
    lineWidth: 0,
    aliasDuplicateObjects: false,
  });
}
