/**
 * The refs of a Git repository at a moment, and what became of them until another. Beside each mirror lies such a list,
 * and goes into the snapshot with it, so that branches and tags are shown and compared without looking into the mirror.
 */

/** The whole name, the id of what it points to, and for an annotated tag the id of what that points to. */
export type Ref = readonly [name: string, id: string, peeled?: string];

export type RefsManifest = {
  readonly version: 1;
  /** The default branch as a whole name, such as `refs/heads/main`; null where the server names none. */
  readonly head: string | null;
  /** Sorted by name. */
  readonly refs: readonly Ref[];
};

export type RefChange = {
  readonly name: string;
  readonly kind: 'created' | 'deleted' | 'moved';
  readonly from: string | null;
  readonly to: string | null;
};

/** Sorted by name. Whether a move lost history only the repository itself can say. */
export function compareRefs(before: RefsManifest, after: RefsManifest): readonly RefChange[] {
  const was = new Map(before.refs.map(([name, id]) => [name, id]));
  const is = new Map(after.refs.map(([name, id]) => [name, id]));
  const names = [...new Set([...was.keys(), ...is.keys()])].toSorted();
  return names.flatMap((name) => {
    const [from = null, to = null] = [was.get(name), is.get(name)];
    if (from === to) return [];
    const kind = from === null ? 'created' : to === null ? 'deleted' : 'moved';
    return [{ name, kind, from, to }];
  });
}
