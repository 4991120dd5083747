/** The list of clusters. */
export const clusters = {
  title: 'Clusters',
  what: 'the clusters',
  name: 'Name',
  health: 'Health',
  release: 'Kubernetes',
  machines: 'Machines',
  lastRun: 'Last run',
  noRun: 'No run yet',
  create: 'New cluster',
  emptyTitle: 'Build your first cluster',
  emptyText:
    'Slipway makes the machines in your vCenter, or takes your own, and turns them into a Kubernetes cluster. It runs on this computer only: no management server, nothing left behind.',
  emptySteps: [
    { title: 'Say where', text: 'The address of your vCenter and a user; or machines that you reach by SSH.' },
    { title: 'Choose a size', text: 'A template, a network, and one machine or a few. Everything else has a default.' },
    {
      title: 'Review, then create',
      text: 'You see every machine and container first. Nothing happens before you agree.',
    },
  ],
  emptyAction: 'Create a cluster',
  emptySpec: 'I have a spec file',
  drafts: 'Begun, not created yet',
  draftAt: (when: string) => `last changed ${when}`,
  continue: 'Continue',
  continueDraft: (title: string) => `Continue ${title}`,
  discard: 'Discard',
  discardDraft: (title: string) => `Discard ${title}`,
  discardTitle: (title: string) => `Discard ${title}?`,
  discardText: 'What you have filled in so far is gone then. No machine and no cluster is touched.',
} as const;

/** How a cluster is, as its own API tells. */
export const health = {
  good: 'Healthy',
  unreachable: 'Does not answer',
  unknown: 'Not known',
  asking: 'Asking …',
  notAsked: 'Not asked yet',
  askAgain: 'Ask again',
  askedAt: (time: string) => `asked at ${time}`,
  nodes: (ready: number, all: number) => `${ready} of ${all} nodes Ready`,
  addonsShort: (count: number) => (count === 1 ? '1 add-on is not complete' : `${count} add-ons are not complete`),
  addon: (name: string, available: number, wanted: number) => `${name}: ${available} of ${wanted} pods available`,
} as const;
