export const steps = ['where', 'machines', 'kubernetes', 'review', 'create'] as const;
export type StepId = (typeof steps)[number];

export function isStep(text: string | undefined): text is StepId {
  return steps.some((step) => step === text);
}

/** The step after, or before with -1; the same at the ends. */
export function stepBeside(step: StepId, by: 1 | -1): StepId {
  return steps[steps.indexOf(step) + by] ?? step;
}
