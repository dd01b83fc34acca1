/** Changes between two snapshots, in words and by kind. Pure. */
import type { DiffEntry } from '../../../shared/contract/diff.ts';
import type { Said } from '../../components/tone.ts';

export type Shown = 'all' | 'added' | 'changed' | 'removed';

const said: Readonly<Record<DiffEntry['change'], Said>> = {
  added: { tone: 'good', words: 'added' },
  removed: { tone: 'fail', words: 'removed' },
  changed: { tone: 'part', words: 'changed' },
  typeChanged: { tone: 'part', words: 'other type' },
  metadata: { tone: 'none', words: 'metadata' },
};

export function sayChange(change: DiffEntry['change']): Said {
  return said[change];
}

export function shownChanges(entries: readonly DiffEntry[], shown: Shown): readonly DiffEntry[] {
  if (shown === 'all') return entries;
  if (shown !== 'changed') return entries.filter(({ change }) => change === shown);
  return entries.filter(({ change }) => change === 'changed' || change === 'typeChanged' || change === 'metadata');
}
