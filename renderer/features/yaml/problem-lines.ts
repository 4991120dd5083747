import { isNode, LineCounter, parseDocument } from 'yaml';
import type { ErrorData } from '#shared/errors/define.ts';

/** This module brings the yaml library with it: import it only when somebody looks at YAML. */

/**
 * The line of each problem, from 1; `undefined` where the text does not show it. A field that is missing is at what
 * should hold it.
 */
export function problemLines(text: string, problems: readonly ErrorData[]): readonly (number | undefined)[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  return problems.map(({ params, target }) => {
    if (typeof params['line'] === 'number') return params['line'];
    const path = pathOf(String(params['field'] ?? target ?? ''));
    for (let length = path.length; length > 0; length -= 1) {
      const found: unknown = document.getIn(path.slice(0, length), true);
      if (isNode(found) && found.range) return lines.linePos(found.range[0]).line;
    }
    return undefined;
  });
}

/** `spec.machines[1].roles` and `spec.machines.1.roles`. */
function pathOf(field: string): readonly (string | number)[] {
  return field
    .split(/[.[\]"]+/)
    .filter(Boolean)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}
