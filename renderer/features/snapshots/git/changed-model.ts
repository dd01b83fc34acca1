/** Which Git repositories differ, from what differs in the files of two snapshots. Pure. */
import type { DiffEntry } from '../../../../shared/contract/diff.ts';

export type ChangedRepository = {
  readonly path: string;
  /** `history`: its server has lost history in between. */
  readonly change: 'added' | 'removed' | 'changed' | 'history';
};

const refsFile = /^(.+)\.meta\/(?:refs\.json|history\.jsonl)$/;

/** By path. Beside each repository lies a list of its refs, and of what its server has lost. */
export function changedRepositories(entries: readonly DiffEntry[]): readonly ChangedRepository[] {
  const found = new Map<string, ChangedRepository['change']>();
  for (const { path, change } of entries) {
    const [, base] = refsFile.exec(path) ?? [];
    if (base === undefined || change === 'metadata') continue;
    const isHistory = path.endsWith('history.jsonl');
    const before = found.get(base);
    if (before === 'history' || before === 'removed') continue;
    if (!isHistory && change === 'added') found.set(base, 'added');
    else if (!isHistory && change === 'removed') found.set(base, 'removed');
    else if (before !== 'added') found.set(base, isHistory && change !== 'removed' ? 'history' : 'changed');
  }
  return [...found]
    .map(([base, change]) => ({ path: `${base}.git`, change }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
