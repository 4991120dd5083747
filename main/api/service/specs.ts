import type { Service } from '#shared/contract/index.ts';
import { type ErrorData, hasCode } from '#shared/errors/define.ts';
import type { ServiceOptions } from './service.ts';

export function specService({
  slipway,
  folder,
}: Pick<ServiceOptions, 'slipway' | 'folder'>): Pick<Service, 'specs.check'> {
  return {
    'specs.check': async ({ text }) => {
      try {
        const { warnings } = await slipway.readSpec({ text, folder });
        return { problems: [], warnings };
      } catch (thrown) {
        if (hasCode(thrown, 'spec.invalid')) return { problems: problemsOf(thrown.data), warnings: [] };
        if (hasCode(thrown, 'spec.unreadable')) return { problems: [thrown.data], warnings: [] };
        throw thrown;
      }
    },
  };
}

function problemsOf(invalid: ErrorData): readonly ErrorData[] {
  return invalid.chain.length > 0 ? invalid.chain : [invalid];
}
