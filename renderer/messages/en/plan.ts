/** A cluster from the text of its spec, and its plan. */
export const newCluster = {
  title: 'New cluster from a spec',
  text: 'Paste a spec, or open a file. It is checked while you type; nothing is contacted until you ask for the plan.',
  spec: 'Spec (YAML or JSON)',
  open: 'Open a file',
  example: 'Begin with an example',
  checking: 'Checking …',
  good: 'The spec is good.',
  problems: (count: number) => (count === 1 ? '1 problem' : `${count} problems`),
  warnings: 'Warnings',
  empty: 'Nothing to check yet.',
  plan: 'Show the plan',
  planning: 'Looking at everything that the spec names',
  stop: 'Stop looking',
  create: 'Create',
  apply: 'Apply to the cluster',
  creating: 'Starting',
} as const;

const some = (count: number, one: string, many: string): string =>
  `${count === 1 ? '1' : count} ${count === 1 ? one : many}`;

/** What a run would do, before it does it. */
export const plan = {
  title: 'The plan',
  time: 'Estimated time',
  about: (duration: string) => `About ${duration}`,
  basis: { history: 'by earlier runs on this computer', typical: 'by what such runs usually take' },
  makes: 'Makes',
  vms: (count: number) => (count === 0 ? 'No new machine' : some(count, 'new machine', 'new machines')),
  containers: (count: number) => some(count, 'container', 'containers'),
  files: (count: number) => some(count, 'file', 'files'),
  steps: 'Steps',
  will: (count: number) => (count === 1 ? '1 changes something' : `${count} change something`),
  already: (count: number) => (count === 1 ? '1 is already so' : `${count} are already so`),
  nothingStops: 'Nothing was found that would stop the run.',
  stops: (count: number) => (count === 1 ? '1 finding would stop the run' : `${count} findings would stop the run`),
  warns: (count: number) => (count === 1 ? '1 thing to know' : `${count} things to know`),
  moreFindings: (count: number) => (count === 1 ? '1 more finding' : `${count} more findings`),
  lookAgain: 'Look again',
  createAnyway: 'Create anyway',
  createAnywayText:
    'The run begins and stops where it meets this. It can be resumed from there, once it is put right. If that is under way already, it need not wait.',
  makesTitle: 'What will be made',
  makesNothing: 'Nothing new: everything is there already.',
  search: 'Search machines by name, address or pool',
  shown: (shown: number, all: number) =>
    shown === all ? some(all, 'machine', 'machines') : `${shown} of ${all} machines`,
  dhcp: 'address by DHCP',
  newVm: (template: string) => `A new machine from the template ${template}.`,
  containersOf: 'Containers',
  filesOf: 'Files',
  other: 'In vCenter and in the cluster',
  phasesTitle: 'Step by step',
  stepCount: (count: number) => some(count, 'step', 'steps'),
  forecast: {
    already: 'Already so',
    will: 'Will change',
    after: 'After earlier steps',
    unknown: 'Not looked at',
    error: 'Would fail',
  },
} as const;
