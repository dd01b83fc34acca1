/** How a clone is called, and how it stands, on every screen that shows it. */
import type { Clone } from '../../../shared/contract/clones.ts';
import { StatusBadge } from '../../components/status-badge.tsx';
import type { Tone } from '../../components/tone.ts';

export function clonePlace({ place }: Pick<Clone, 'place'>): string {
  if (place.kind === 'bucket') return `s3://${place.bucket}/${place.prefix}`;
  return place.kind === 'instance' ? place.title : place.path;
}

export const kindWords = {
  folder: 'folder',
  git: 'Git',
  bucket: 'bucket prefix',
  instance: 'instance',
} as const;

export function CloneBadge({ clone, nowMs }: { readonly clone: Clone; readonly nowMs: number }) {
  const { tone, words } = stateOf(clone, nowMs);
  return <StatusBadge tone={tone}>{words}</StatusBadge>;
}

function stateOf({ state, trouble, expiresAt }: Clone, nowMs: number): { readonly tone: Tone; readonly words: string } {
  if (state === 'making') return { tone: 'run', words: 'Being made' };
  if (state === 'removing') return { tone: 'run', words: 'Being removed' };
  if (state === 'unfinished') return { tone: 'part', words: 'Never whole' };
  if (trouble?.kind === 'changed') return { tone: 'part', words: 'Changed, left' };
  if (trouble?.kind === 'missing') return { tone: 'part', words: 'Not there' };
  if (trouble !== null) return { tone: 'fail', words: 'Not removed' };
  if (expiresAt !== null && Date.parse(expiresAt) <= nowMs) return { tone: 'part', words: 'Time is over' };
  return { tone: 'good', words: 'Ready' };
}
