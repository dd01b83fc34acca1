/** What Git's own names mean to people. Names are from outside: whoever shows what comes of this makes it visible text. Pure. */

export const refKinds = ['branch', 'tag', 'kept', 'note', 'pull', 'other'] as const;
export type RefKind = (typeof refKinds)[number];

const prefixes: readonly (readonly [RefKind, string])[] = [
  ['branch', 'refs/heads/'],
  ['tag', 'refs/tags/'],
  ['note', 'refs/notes/'],
  ['pull', 'refs/pull/'],
  ['kept', 'refs/holdfast/'],
];

export function refKindOf(name: string): RefKind {
  return prefixes.find(([, prefix]) => name.startsWith(prefix))?.[0] ?? 'other';
}

/** `main` of `refs/heads/main`; of others what follows `refs/`. */
export function shortRef(name: string): string {
  for (const [kind, prefix] of prefixes) {
    if ((kind === 'branch' || kind === 'tag') && name.startsWith(prefix) && name.length > prefix.length) {
      return name.slice(prefix.length);
    }
  }
  return name.replace(/^refs\/(?=.)/, '');
}

const kindWords: Readonly<Record<RefKind, { readonly one: string; readonly many: string }>> = {
  branch: { one: 'branch', many: 'Branches' },
  tag: { one: 'tag', many: 'Tags' },
  kept: { one: 'kept history', many: 'Kept history' },
  note: { one: 'notes', many: 'Notes' },
  pull: { one: 'pull request', many: 'Pull requests' },
  other: { one: 'ref', many: 'Other refs' },
};

/** `branch main`, `tag v1.0`. */
export function sayRef(name: string): string {
  const kind = refKindOf(name);
  return kind === 'branch' || kind === 'tag' ? `${kindWords[kind].one} ${shortRef(name)}` : name;
}

export function sayRefKinds(kind: RefKind): string {
  return kindWords[kind].many;
}

/** As long as Git itself would show it in a repository of some size. */
export function shortId(id: string): string {
  return id.slice(0, 10);
}
