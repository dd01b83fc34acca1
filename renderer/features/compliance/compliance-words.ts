/** Findings, and who keeps what is stored, in words and tones. */
import type { HoldCase } from '../../../shared/contract/cases.ts';
import type { ComplianceFinding, LockedPlace, SourceCompliance } from '../../../shared/contract/compliance.ts';
import type { CopyTarget } from '../../../shared/model/compliance.ts';
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

/** The same where there is little room. */
export const ruleHeaders: Readonly<Record<ComplianceFinding['rule'], string>> = {
  ...ruleTitles,
  domains: 'Domains',
  scrubbed: 'Read',
};

/**
 * `5 of 12 sources are kept as asked. 6 fall short: off-site 6, immutable 2. Of 1 it is not known: rehearsed 1.` The numbers
 * behind a rule are sources.
 */
export function complianceSentence(sources: readonly SourceCompliance[]): string {
  if (sources.length === 0) return 'No source is registered yet.';
  const of = (verdict: SourceCompliance['verdict']): readonly SourceCompliance[] =>
    sources.filter((one) => one.verdict === verdict);
  const [met, missed, unknown] = [of('met').length, of('missed'), of('unknown')];
  const all = countOf(sources.length, 'source');
  return [
    met === sources.length
      ? `${met === 1 ? 'The one source is' : `All ${all} are`} kept as asked.`
      : `${met === 0 ? 'None' : formatCount(met)} of ${all} ${met > 1 ? 'are' : 'is'} kept as asked.`,
    missed.length === 0
      ? ''
      : `${formatCount(missed.length)} ${missed.length === 1 ? 'falls' : 'fall'} short: ${rulesWith('missed', missed)}.`,
    unknown.length === 0 ? '' : `Of ${formatCount(unknown.length)} it is not known: ${rulesWith('unknown', unknown)}.`,
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

/** The rules that are so for any of them, those of most sources first. */
function rulesWith(state: ComplianceFinding['state'], sources: readonly SourceCompliance[]): string {
  return Object.entries(
    Object.groupBy(
      sources.flatMap(({ findings }) => findings.filter((finding) => finding.state === state)),
      ({ rule }) => rule,
    ),
  )
    .map(([rule, found]) => ({ rule: rule as ComplianceFinding['rule'], count: found.length }))
    .toSorted((a, b) => b.count - a.count)
    .map(({ rule, count }) => `${ruleTitles[rule].toLowerCase()} ${formatCount(count)}`)
    .join(', ');
}

/** `3 copies in 2 failure domains, 1 off-site, 1 immutable; verified within 90 days`. */
export function targetWords({ copies, domains, offsite, immutable, verifiedDays }: CopyTarget): string {
  return `${countOf(copies, 'copy', 'copies')} in ${countOf(domains, 'failure domain')}, ${formatCount(offsite)} off-site, ${formatCount(immutable)} immutable; verified within ${countOf(verifiedDays, 'day')}`;
}

const caseStates: Readonly<Record<HoldCase['state'], Said>> = {
  open: { tone: 'run', words: 'open' },
  closing: { tone: 'part', words: 'closed, still held' },
  closed: { tone: 'none', words: 'closed' },
};

export function sayCase(state: HoldCase['state']): Said {
  return caseStates[state];
}

/** What a case holds, in sentences. */
export function heldWords({
  state,
  sources,
  holds,
  snapshotsOfSources,
}: Pick<HoldCase, 'state' | 'sources' | 'holds' | 'snapshotsOfSources'>): string {
  if (state === 'closed') return 'It holds nothing any more.';
  const parts = [
    ...(sources.length === 0
      ? []
      : [`all of ${sources.join(', ')}, ${countOf(snapshotsOfSources, 'snapshot')} so far`]),
    ...(holds.length === 0 ? [] : [countOf(holds.length, 'single snapshot')]),
  ];
  return parts.length === 0 ? 'It holds nothing yet.' : `Held: ${parts.join('; ')}.`;
}

/** What its lock is worth, as far as anybody has tried. */
export function sayPlace({ by, proof }: Pick<LockedPlace, 'by' | 'proof'>): Said {
  if (by === 'none') return { tone: 'none', words: 'not locked' };
  if (by === 'console') return { tone: 'part', words: 'promise of this console' };
  if (proof === null) return { tone: 'none', words: 'never tried out' };
  return proof.holds ? { tone: 'good', words: 'proven' } : { tone: 'fail', words: 'does not hold' };
}
