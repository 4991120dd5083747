import { type ErrorData, SlipwayError } from './define.ts';

/** An error that stands for several: they become its chain, in the order given, so that all are named in one go. */
export function withProblems(error: SlipwayError, problems: readonly ErrorData[]): SlipwayError {
  return new SlipwayError({ ...error.data, chain: [...error.data.chain, ...problems] });
}
