/** Names that were found in several repositories: a copy at a site is the same file again. Pure. */

type FoundIn = {
  readonly source: string;
  readonly hostname: string;
  readonly path: string;
  readonly last: { readonly takenAt: string };
};

/** One row for each path of a source: where it was found last, and of equals the first. */
export function onceEach<Row extends FoundIn>(rows: readonly Row[]): readonly Row[] {
  const byPath = new Map<string, Row>();
  for (const row of rows) {
    const key = JSON.stringify([row.source, row.hostname, row.path]);
    const known = byPath.get(key);
    if (known === undefined || Date.parse(row.last.takenAt) > Date.parse(known.last.takenAt)) byPath.set(key, row);
  }
  return [...byPath.values()];
}

/** The one that protection writes to before copies of it. */
export function primaryFirst<Repository extends { readonly primary: boolean }>(
  repositories: readonly Repository[],
): readonly Repository[] {
  return repositories.toSorted((one, other) => Number(other.primary) - Number(one.primary));
}
