import PQueue from 'p-queue';

/** What REST reads one by one is read eight at a time: more connections than that we do not have. Answers keep the order. */
export async function inParallel<T, R>(all: readonly T[], read: (one: T) => Promise<R>): Promise<readonly R[]> {
  const queue = new PQueue({ concurrency: 8 });
  return await Promise.all(all.map((one) => queue.add(() => read(one))));
}
