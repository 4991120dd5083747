/** The text of a spec, and what is wrong in it. */
export const yaml = {
  label: 'Spec (YAML or JSON)',
  problems: (count: number) => (count === 1 ? '1 problem' : `${count} problems`),
  goTo: (line: number) => `Line ${line}`,
} as const;
