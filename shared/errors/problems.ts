import { type ErrorData, SlipwayError } from './define.ts';

/** For errors that stand for several: "one problem", "3 problems". */
export function problemCount({ length }: readonly unknown[]): string {
  return length === 1 ? 'one problem' : `${String(length)} problems`;
}

/** An error that stands for several: they become its chain, in the order given, so that all are named in one go. */
export function withProblems(error: SlipwayError, problems: readonly ErrorData[]): SlipwayError {
  return new SlipwayError({ ...error.data, chain: [...error.data.chain, ...problems] });
}
