/**
 * Runs all in their order, each as soon as as many cores are free as it keeps busy. One that has to wait lets none behind
 * it go first.
 */
export async function sideBySide<T extends { readonly cores: number }>(
  jobs: readonly T[],
  cores: number,
  run: (job: T) => Promise<void>,
): Promise<void> {
  const running = new Map<T, Promise<void>>();
  let free = cores;
  for (const job of jobs) {
    while (free < job.cores && running.size > 0) await Promise.race(running.values());
    free -= job.cores;
    const ended = run(job).finally(() => {
      free += job.cores;
      running.delete(job);
    });
    running.set(job, ended);
  }
  await Promise.all(running.values());
}
