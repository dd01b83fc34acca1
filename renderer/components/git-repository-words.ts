/** What has become of a Git repository, in plain words: its state, the reason, and what is kept of it. Pure. */
import type { GitRepository, RepositoryChoice } from '../../shared/contract/git-repositories.ts';
import type { RepositoryState } from '../../shared/model/organisation.ts';
import type { Alert } from '../../shared/contract/alerts.ts';
import { formatCount } from '../../shared/model/units.ts';
import type { Said } from './tone.ts';

const states: Readonly<Record<Exclude<RepositoryState, 'ok'>, Said>> = {
  partial: { tone: 'part', words: 'partial' },
  failed: { tone: 'fail', words: 'not fetched' },
  missing: { tone: 'miss', words: 'missing' },
  blocked: { tone: 'fail', words: 'blocked' },
};

type Judged = Pick<GitRepository, 'problem' | 'lost' | 'verified' | 'told' | 'stored' | 'lfs'>;

/** The worst that is known of it. */
export function sayRepository({ problem, lost, verified, told, stored, lfs }: Judged): Said {
  if (!stored) return { tone: 'fail', words: 'never fetched' };
  if (told !== null && told.state !== 'ok') return states[told.state];
  if (problem !== null) return { tone: 'fail', words: 'cannot be told' };
  if (damageOf(verified) !== null) return { tone: 'fail', words: 'mirror damaged' };
  if (lfs?.complete === false) return { tone: 'part', words: 'LFS not complete' };
  if (lost > 0)
    return { tone: 'part', words: lost === 1 ? 'history lost once' : `history lost ${formatCount(lost)} times` };
  return { tone: 'good', words: 'whole' };
}

/** Why it is not whole; null where it is. */
export function reasonOf({ problem, lost, verified, told, stored, lfs }: Judged): string | null {
  if (told !== null && told.state !== 'ok' && told.reason !== null) return told.reason;
  if (!stored) return 'No run has fetched it yet.';
  if (problem !== null) return problem;
  const damage = damageOf(verified);
  if (damage !== null) return damage;
  if (lfs?.complete === false) return 'Not all of its objects of Git LFS could be fetched.';
  return lost > 0 ? 'A forced push or a deletion at its server; what was lost is kept.' : null;
}

/** What was found when its mirror was looked through last. */
function damageOf(verified: GitRepository['verified']): string | null {
  return verified?.problems[0] ?? null;
}

/** What a snapshot holds of one that is not whole, before the time that it is as of. */
export function sayKept({ told, stored }: Pick<GitRepository, 'told' | 'stored'>): string {
  if (!stored) return 'nothing';
  return told?.wholeAt === null || told === null ? 'what was had' : 'all, as of';
}

/** Open alerts of its source that speak of this repository among others. */
export function alertsAbout(
  { told, lost }: Pick<GitRepository, 'told' | 'lost'>,
  alerts: readonly Pick<Alert, 'rule' | 'title'>[],
): readonly string[] {
  const isGone = told?.state === 'missing' || told?.state === 'blocked';
  return alerts
    .filter(({ rule }) => (rule === 'part-missing' && isGone) || (rule === 'history-lost' && lost > 0))
    .map(({ title }) => title);
}

const choices: Readonly<Record<RepositoryChoice, string>> = {
  all: 'All',
  trouble: 'Not whole',
  ok: 'Whole',
  partial: 'Partial',
  failed: 'Not fetched',
  missing: 'Missing',
  blocked: 'Blocked',
  lfs: 'LFS not complete',
};

export function sayChoice(choice: RepositoryChoice): string {
  return choices[choice];
}

/** Those that narrow anything down: where all is well, there is nothing to choose. */
export function choicesIn(counts: Readonly<Record<RepositoryChoice, number>>): readonly RepositoryChoice[] {
  const shown = (['partial', 'failed', 'missing', 'blocked'] as const).filter((state) => counts[state] > 0);
  const several = shown.length > 1 ? (['trouble'] as const) : [];
  const large = counts.lfs > 0 ? (['lfs'] as const) : [];
  return shown.length + large.length === 0 ? [] : ['all', ...several, ...shown, ...large];
}

/** Whether a run has told of any: of addresses of Git none does. */
export function isTold({ counts }: { readonly counts: Readonly<Record<RepositoryChoice, number>> | null }): boolean {
  return counts !== null && counts.ok + counts.trouble > 0;
}

/** `1 missing, 2 not fetched`; null where none is in trouble. */
export function sayTrouble(counts: Readonly<Record<RepositoryChoice, number>>): string | null {
  const words = (['failed', 'blocked', 'missing', 'partial'] as const)
    .filter((state) => counts[state] > 0)
    .map((state) => `${formatCount(counts[state])} ${states[state].words}`);
  return words.length === 0 ? null : words.join(', ');
}
