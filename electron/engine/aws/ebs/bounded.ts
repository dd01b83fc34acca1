/** Work on a stream of items, a number of them at once: what comes next waits, so that memory stays bounded. */

/** What any of it throws ends the rest: nothing more is begun, and what runs is waited for. */
export async function eachBounded<Item>(
  items: AsyncIterable<Item> | Iterable<Item>,
  atMost: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | null = null;
  const failed = (): boolean => failure !== null;
  try {
    for await (const item of items) {
      if (failed()) break;
      const one: Promise<void> = work(item)
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .finally(() => running.delete(one));
      running.add(one);
      if (running.size >= atMost) await Promise.race(running);
    }
  } finally {
    await Promise.all(running);
  }
  if (failure !== null) throw (failure as { readonly error: unknown }).error;
}
