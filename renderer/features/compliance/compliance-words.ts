/** Findings, and who keeps what is stored, in words and tones. */
import type { ComplianceFinding, LockedPlace, SourceCompliance } from '../../../shared/contract/compliance.ts';
import { countOf, formatCount } from '../../../shared/model/units.ts';
import type { Said } from '../../components/tone.ts';

const states: Readonly<Record<ComplianceFinding['state'], Said>> = {
  met: { tone: 'good', words: 'met' },
  missed: { tone: 'fail', words: 'missed' },
  unknown: { tone: 'none', words: 'unknown' },
};

export function sayFinding(state: ComplianceFinding['state']): Said {
  return states[state];
}

export const ruleTitles: Readonly<Record<ComplianceFinding['rule'], string>> = {
  copies: 'Copies',
  domains: 'Failure domains',
  offsite: 'Off-site',
  immutable: 'Immutable',
  scrubbed: 'Read through',
  drilled: 'Rehearsed',
  retention: 'Retention',
};

/** `12 sources: 9 met, 2 missed, 1 unknown`. */
export function complianceSentence(sources: readonly SourceCompliance[]): string {
  if (sources.length === 0) return 'No source is registered yet.';
  const counts = (['met', 'missed', 'unknown'] as const)
    .map((state) => [state, sources.filter(({ verdict }) => verdict === state).length] as const)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${formatCount(count)} ${state}`);
  return `${countOf(sources.length, 'source')}: ${counts.join(', ')}.`;
}

/** What its lock is worth, as far as anybody has tried. */
export function sayPlace({ by, proof }: Pick<LockedPlace, 'by' | 'proof'>): Said {
  if (by === 'none') return { tone: 'none', words: 'not locked' };
  if (by === 'console') return { tone: 'part', words: 'promise of this console' };
  if (proof === null) return { tone: 'none', words: 'never tried out' };
  return proof.holds ? { tone: 'good', words: 'proven' } : { tone: 'fail', words: 'does not hold' };
}
