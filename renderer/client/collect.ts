/** Answers that come in pieces, as one. */

/** The items of all batches in order, and the result the stream ends with; null where it ended without one. */
export async function collect<Event extends { readonly type: string }, Item, Result>(
  stream: Promise<AsyncIterable<Event>>,
  {
    itemsOf,
    resultOf,
    atMost = Infinity,
    onItems,
  }: {
    readonly itemsOf: (event: Event) => readonly Item[];
    readonly resultOf: (event: Event) => Result | null;
    /** Reading ends with the batch that brings as many. */
    readonly atMost?: number;
    /** Told after each batch, with all items so far. */
    readonly onItems?: (items: readonly Item[]) => void;
  },
): Promise<{ readonly items: readonly Item[]; readonly result: Result | null }> {
  const items: Item[] = [];
  let result: Result | null = null;
  for await (const event of await stream) {
    const batch = itemsOf(event);
    items.push(...batch);
    if (batch.length > 0) onItems?.([...items]);
    result ??= resultOf(event);
    if (items.length >= atMost) break;
  }
  return { items, result };
}
