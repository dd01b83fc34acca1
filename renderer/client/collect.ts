/** Answers that come in pieces, as one. */

/** The items of all batches in order, and the result the stream ends with; null where it ended without one. */
export async function collect<Event extends { readonly type: string }, Item, Result>(
  stream: Promise<AsyncIterable<Event>>,
  {
    itemsOf,
    resultOf,
    atMost = Infinity,
  }: {
    readonly itemsOf: (event: Event) => readonly Item[];
    readonly resultOf: (event: Event) => Result | null;
    /** Reading ends with the batch that brings as many. */
    readonly atMost?: number;
  },
): Promise<{ readonly items: readonly Item[]; readonly result: Result | null }> {
  const items: Item[] = [];
  let result: Result | null = null;
  for await (const event of await stream) {
    items.push(...itemsOf(event));
    result ??= resultOf(event);
    if (items.length >= atMost) break;
  }
  return { items, result };
}
