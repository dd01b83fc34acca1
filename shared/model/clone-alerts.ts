/** The alerts that clones are there beyond their time: they cost, and hold what was to be looked at for a while. */
import { timeText } from './alert-words.ts';
import type { AlertFacts } from './alert-rules.ts';
import type { Condition } from './alerts.ts';
import { formatCount } from './units.ts';

export function clonesExpired({ clones, nowMs, zone }: Pick<AlertFacts, 'clones' | 'nowMs' | 'zone'>): Condition[] {
  const over = clones.filter(({ expiresAtMs }) => expiresAtMs !== null && expiresAtMs <= nowMs);
  const [first] = over;
  if (first === undefined) return [];
  const others = over.length - 1;
  const more = others === 0 ? '' : ` So it is with ${formatCount(others)} more.`;
  const id = first.run.slice(0, 8);
  return [
    {
      rule: 'clone-expired',
      kind: 'console',
      subject: '',
      // Another one is news also for whoever has put the first one aside.
      occasion: over.map(({ run }) => run).join(' '),
      level: 'warning',
      title: 'A clone in AWS is there beyond its time',
      detail: `${first.title}, for until ${timeText(first.expiresAtMs ?? 0, zone)}, is paid for as long as it is there.${more}`,
      todo: `End it and what was made for it: holdfast aws restore undo ${id} --dry-run shows what would go, without it goes what carries the tag of that run alone. To keep it: holdfast aws restore close ${id}.`,
    },
  ];
}

/** One that was due and is still there. `title`: where it is. */
export type LeftClone = {
  readonly id: string;
  readonly title: string;
  readonly isUnfinished: boolean;
  readonly detail: string;
};

export function clonesLeft(clones: readonly LeftClone[]): Condition[] {
  const [first] = clones;
  if (first === undefined) return [];
  const others = clones.length - 1;
  const more = others === 0 ? '' : ` So it is with ${formatCount(others)} more: holdfast clone list.`;
  const id = first.id.slice(0, 8);
  const keep = first.isUnfinished
    ? ''
    : ` To keep it: holdfast clone extend ${id} 7d, or for good: holdfast clone keep ${id}.`;
  return [
    {
      rule: 'clone-left',
      kind: 'console',
      subject: '',
      occasion: clones.map((one) => one.id).join(' '),
      level: 'warning',
      title: 'A clone for development was not removed',
      detail: `${first.title}: ${first.detail}${more}`,
      todo: `See what is in it: holdfast clone show ${id}. To remove it with all that is in it: holdfast clone remove ${id} --with-changes.${keep}`,
    },
  ];
}
