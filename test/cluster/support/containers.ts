import type { Lab } from '#test/lab/lab.ts';

/** Per machine, one line per container of its Docker: name, id, when it started, how often it was restarted. */
export type Containers = Readonly<Record<string, readonly string[]>>;

/** Looked at through the lab, not through the product. */
export async function containersOf(lab: Lab, machines: readonly string[] = Object.keys(lab.machines)) {
  const format = '{{.Name}} {{.Id}} {{.State.StartedAt}} {{.RestartCount}}';
  const look = `docker ps --all --quiet --no-trunc | xargs --no-run-if-empty docker inspect --format '${format}'`;
  const found = await Promise.all(
    machines.map(async (name) => [name, (await lab.machine(name).run(look)).trim().split('\n').sort()] as const),
  );
  const containers: Containers = Object.fromEntries(found);
  return containers;
}
