/** What a recovery kit was made of: when that is other now, the printed page leads astray. Pure. */

export type KitBasis = {
  /** Each with its place. */
  readonly repositories: readonly string[];
  readonly sources: readonly string[];
  /** Fingerprint of the key that signs evidence; null: there is none yet. */
  readonly key: string | null;
};

/** Of what has changed, that without which the page leads nowhere: a new source is found all the same. */
export function kitUrgent(before: KitBasis, now: KitBasis): readonly string[] {
  return kitChanges({ ...before, sources: now.sources }, now);
}

/** What has changed since, in sentences; empty: nothing has. */
export function kitChanges(before: KitBasis, now: KitBasis): readonly string[] {
  const keyChanged = before.key !== null && before.key !== now.key;
  return [
    ...difference('repository', 'repositories', before.repositories, now.repositories),
    ...difference('source', 'sources', before.sources, now.sources),
    ...(keyChanged ? ['Evidence is signed by another key.'] : []),
  ];
}

function difference(one: string, several: string, before: readonly string[], now: readonly string[]): string[] {
  const added = now.filter((name) => !before.includes(name));
  const gone = before.filter((name) => !now.includes(name));
  const words = (names: readonly string[], what: string): string[] =>
    names.length === 0
      ? []
      : [
          `${names.length === 1 ? `A ${one} ${what}` : `${names.length} ${several} ${what}`}: ${names.slice(0, 5).join(', ')}.`,
        ];
  return [...words(added, 'came'), ...words(gone, 'went')];
}
