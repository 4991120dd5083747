import type { Interaction, UnknownHostKey } from '#main/api/runs/interaction.ts';
import { writeJson } from './printer.ts';
import type { Printer } from './printer.ts';
import type { World } from './world.ts';

export interface HostKeyPolicy {
  /** `--accept-host-keys`: trust on first use. */
  readonly accept: boolean;
  readonly json: boolean;
}

/**
 * Asks the person once for all unknown host keys; without a terminal it never asks. What was approved for the plan is
 * not asked again for the run.
 */
export function hostKeyInteraction(
  world: World,
  printer: Printer,
  { accept, json }: HostKeyPolicy,
  aside: <T>(act: () => Promise<T>) => Promise<T> = (act) => act(),
): Interaction {
  const approved = new Set<string>();
  return {
    async approveHostKeys(keys) {
      const open = keys.filter((key) => !approved.has(identity(key)));
      if (open.length === 0) return true;
      const answer = json ? accept : await aside(() => decide(open));
      if (json) writeJson(world.stdout, { type: 'host-keys', keys: open, approved: answer });
      if (answer) for (const key of open) approved.add(identity(key));
      return answer;
    },
  };

  async function decide(keys: readonly UnknownHostKey[]): Promise<boolean> {
    printer.text('These host keys are seen for the first time:');
    printer.table([
      ['  MACHINE', 'ADDRESS', 'TYPE', 'FINGERPRINT'],
      ...keys.map(({ machine, address, keyType, fingerprint }) => [`  ${machine}`, address, keyType, fingerprint]),
    ]);
    if (accept) {
      printer.text('Accepted because of --accept-host-keys, and pinned: from now on a change stops everything.');
      return true;
    }
    if (!world.canAsk) {
      printer.text('There is no terminal to ask on. Put them into the spec as hostKey, or pass --accept-host-keys.');
      return false;
    }
    printer.text("Compare them with each machine's own: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub");
    return isYes(await world.ask('Are they right, and shall they be pinned? [y/N] '));
  }
}

export function isYes(answer: string): boolean {
  return /^y(es)?$/i.test(answer.trim());
}

function identity({ machine, address, keyType, fingerprint }: UnknownHostKey): string {
  return [machine, address, keyType, fingerprint].join(' ');
}
