import type { Lab } from '#test/lab/lab.ts';

/**
 * What a run could have left on a machine: packages, files with their times, containers, enabled units, sysctls.
 * `lastlog` is written by every login, and systemd keeps times of its own timers.
 */
const look = `
dpkg-query -W -f 'package \${Package} \${Version} \${Status}\\n'
find /etc /opt /root /home /srv /usr/local /var/lib \\( -path /var/lib/lastlog -o -path /var/lib/systemd \\) -prune \
  -o -printf 'file %p %y %m %s %T@\\n'
systemctl list-unit-files --no-legend --state=enabled | sed 's/^/unit /'
! command -v docker >/dev/null || docker ps --all --no-trunc --format 'container {{.ID}} {{.Names}}'
for key in net.ipv4.ip_forward vm.overcommit_memory kernel.panic; do echo "sysctl $key $(sysctl -n $key)"; done`;

export type Machines = Readonly<Record<string, readonly string[]>>;

/** Looked at through the lab and so without the product. Equal before and after means that nothing was changed. */
export async function machinesAsTheyAre(lab: Lab): Promise<Machines> {
  const found = await Promise.all(
    Object.values(lab.machines).map(async (machine) => [machine.name, await lines(machine.run(look))] as const),
  );
  return Object.fromEntries(found);
}

async function lines(text: Promise<string>): Promise<readonly string[]> {
  return (await text).trim().split('\n').sort();
}

/** What differs, machine by machine: short enough to be read in a failed test. */
export function changesBetween(before: Machines, after: Machines): Machines {
  return Object.fromEntries(
    Object.entries(before).flatMap(([name, was]) => {
      const [old, now] = [new Set(was), new Set(after[name])];
      const changed = [
        ...was.filter((line) => !now.has(line)).map((line) => `- ${line}`),
        ...(after[name] ?? []).filter((line) => !old.has(line)).map((line) => `+ ${line}`),
      ];
      return changed.length > 0 ? [[name, changed.slice(0, 40)]] : [];
    }),
  );
}
