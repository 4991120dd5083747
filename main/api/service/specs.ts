import type { Service } from '#shared/contract/index.ts';
import { type ErrorData, hasCode } from '#shared/errors/define.ts';
import type { ServiceOptions } from './service-options.ts';

export function specService({
  slipway,
  folder,
}: Pick<ServiceOptions, 'slipway' | 'folder'>): Pick<Service, 'specs.check' | 'specs.outline'> {
  return {
    'specs.outline': async ({ text }) => {
      try {
        return { spec: slipway.outline(text), problems: [] };
      } catch (thrown) {
        return { problems: problemsIn(thrown) };
      }
    },
    'specs.check': async ({ text }) => {
      try {
        const { warnings } = await slipway.readSpec({ text, folder });
        return { problems: [], warnings };
      } catch (thrown) {
        return { problems: problemsIn(thrown), warnings: [] };
      }
    },
  };
}

/** @throws what is no problem of the spec. */
function problemsIn(thrown: unknown): readonly ErrorData[] {
  if (hasCode(thrown, 'spec.unreadable')) return [thrown.data];
  if (!hasCode(thrown, 'spec.invalid')) throw thrown;
  return thrown.data.chain.length > 0 ? thrown.data.chain : [thrown.data];
}
