/** The logic of a table without its looks: order, selection, and where the keys lead. */

export type Sort = { readonly column: string; readonly descending: boolean };

export type SortValue = string | number | null;

/** The same rows, in order. What has no value comes last in both directions; equal rows keep their order. */
export function sorted<Row>(
  rows: readonly Row[],
  valueOf: (row: Row) => SortValue,
  descending: boolean,
): readonly Row[] {
  const values = rows.map((row, index) => ({ row, index, value: foldedCase(valueOf(row)) }));
  const direction = descending ? -1 : 1;
  values.sort((a, b) => {
    if (a.value === b.value) return a.index - b.index;
    if (a.value === null) return 1;
    if (b.value === null) return -1;
    return a.value < b.value ? -direction : direction;
  });
  return values.map(({ row }) => row);
}

/** A column of names begins ascending, its next click turns it, a third one takes the order away. */
export function nextSort(sort: Sort | null, column: string): Sort | null {
  if (sort?.column !== column) return { column, descending: false };
  return sort.descending ? null : { column, descending: true };
}

export type Move = { readonly to: number; readonly extends: boolean };

/** Where a key leads from the row that is current (-1: none); null where it leads nowhere. */
export function moveFor(
  key: string,
  shift: boolean,
  { current, count, page }: { readonly current: number; readonly count: number; readonly page: number },
): Move | null {
  if (count === 0) return null;
  const targets: Readonly<Record<string, number>> = {
    ArrowDown: current + 1,
    ArrowUp: current - 1,
    PageDown: current + page,
    PageUp: current - page,
    Home: 0,
    End: count - 1,
  };
  const target = Object.hasOwn(targets, key) ? targets[key] : undefined;
  if (target === undefined) return null;
  return { to: Math.max(0, Math.min(count - 1, target)), extends: shift };
}

/** With the key taken in, or out where it was in. */
export function toggled(keys: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(keys);
  if (!next.delete(key)) next.add(key);
  return next;
}

/** With all rows from `anchor` to `to` taken in. */
export function extended(
  keys: ReadonlySet<string>,
  keyAt: (index: number) => string | undefined,
  anchor: number,
  to: number,
): ReadonlySet<string> {
  const next = new Set(keys);
  for (let index = Math.min(anchor, to); index <= Math.max(anchor, to); index += 1) {
    const key = keyAt(index);
    if (key !== undefined) next.add(key);
  }
  return next;
}

function foldedCase(value: SortValue): SortValue {
  return typeof value === 'string' ? value.toLowerCase() : value;
}
