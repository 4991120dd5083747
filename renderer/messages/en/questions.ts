/** What runs and plans wait for until a person answers. */
export const questions = {
  title: 'Are these the right machines?',
  text: (cluster: string) =>
    `${cluster} waits for you. Slipway sees these SSH host keys for the first time. Compare them with what the machines show:`,
  command: 'for key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf "$key"; done',
  machine: 'Machine',
  address: 'Address',
  keyType: 'Type',
  fingerprint: 'Fingerprint',
  approve: 'They are right: go on',
  refuse: 'They are not: stop',
  later: 'Decide later',
  waiting: (count: number) =>
    count === 1 ? 'One question waits for your answer.' : `${count} questions wait for your answer.`,
  show: 'Answer',
} as const;
