/**
 * Whether a source is kept as it has to be: copies by failure domain (3-2-1-1-0), and what its periods promise. Each finding
 * says what it rests on; what nobody knows is unknown, and never met. Pure.
 */
import { occurrences } from './occurrences.ts';
import { keepUntil } from './keep-until.ts';
import { ruleOf } from './period-rule.ts';
import type { ProfileDefinition } from './profile.ts';
import { countCopies, domainWords, type CopyAt } from './site-copies.ts';
import { formatCount, formatDuration } from './units.ts';

/** What is asked of the sources of a profile. */
export type CopyTarget = {
  /** With what is protected itself. */
  readonly copies: number;
  /** Failure domains in which there is a copy. */
  readonly domains: number;
  readonly offsite: number;
  /** Copies that nobody can remove before their time, by the store or the server that keeps them. */
  readonly immutable: number;
  /** How long ago copies were read through, and a restore was rehearsed, at most. */
  readonly verifiedDays: number;
};

/** 3-2-1-1-0: three copies, two domains, one away, one immutable, none that was not verified lately. */
export const defaultTarget: CopyTarget = { copies: 3, domains: 2, offsite: 1, immutable: 1, verifiedDays: 90 };

export type FindingState = 'met' | 'missed' | 'unknown';
export const findingRules = ['copies', 'domains', 'offsite', 'immutable', 'scrubbed', 'drilled', 'retention'] as const;
export type FindingRule = (typeof findingRules)[number];

/** What a finding rests on: something that can be looked at. */
export type Evidence = {
  readonly kind: 'snapshot' | 'site' | 'repository' | 'drill' | 'record';
  readonly id: string;
  readonly label: string;
};

export type Finding = {
  readonly rule: FindingRule;
  readonly state: FindingState;
  readonly words: string;
  readonly evidence: readonly Evidence[];
};

/** One place that has snapshots of the source. Times are epoch milliseconds. */
export type CopyFacts = CopyAt & {
  /** Of the newest good snapshot there. */
  readonly snapshot: string;
  readonly connection: string | null;
  /** Who keeps it from being removed; null: nobody. */
  readonly lockedBy: 'store' | 'server' | 'console' | null;
  /** When the lock was tried out last, and whether it held; null: never. */
  readonly proof: { readonly atMs: number; readonly holds: boolean } | null;
  /** Of its repository: since when every file has been read and was good; null: not all were. */
  readonly scrubbedSinceMs: number | null;
  readonly damage: number;
};

export type SourceFactsOf = {
  readonly source: string;
  readonly addedAtMs: number;
  readonly copies: readonly CopyFacts[];
  /** The newest drill that passed; null: none did. */
  readonly drill: { readonly id: string; readonly endedAtMs: number; readonly record: string | null } | null;
  readonly profile: {
    readonly name: string;
    readonly definition: ProfileDefinition;
    readonly since: Readonly<Record<string, number>>;
  } | null;
  /** All its snapshots anywhere, in any order, each once. */
  readonly snapshots: readonly {
    readonly id: string;
    readonly takenAtMs: number;
    readonly good: boolean;
    readonly periods: readonly string[];
    readonly lockedUntil: number | 'forever' | null;
  }[];
};

export type PeriodKept = {
  readonly period: string;
  readonly name: string;
  /** How many came round within what it keeps, and for how many there is no good snapshot. */
  readonly expected: number;
  readonly missing: number;
  /** When the first of those was due, oldest first, a few. */
  readonly gaps: readonly number[];
};

export type Kept = {
  readonly periods: readonly PeriodKept[];
  readonly snapshots: number;
  readonly oldestMs: number | null;
  readonly newestMs: number | null;
  /** Until when the last lock of the console holds; null: nothing is locked. */
  readonly lockedUntil: number | 'forever' | null;
};

export type Compliance = {
  readonly target: CopyTarget;
  readonly verdict: FindingState;
  readonly findings: readonly Finding[];
  readonly kept: Kept;
};

type At = { readonly nowMs: number; readonly zone: string };

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const shownGaps = 5;
const mostOccurrences = 5_000;

export function complianceOf(source: SourceFactsOf, target: CopyTarget, at: At): Compliance {
  const kept = keptOf(source, at);
  const findings = [
    ...countFindings(source.copies, target),
    immutable(source.copies, target),
    scrubbed(source.copies, target, at.nowMs),
    drilled(source, target, at.nowMs),
    retention(source, kept),
  ];
  const has = (state: FindingState): boolean => findings.some((finding) => finding.state === state);
  return { target, findings, kept, verdict: has('missed') ? 'missed' : has('unknown') ? 'unknown' : 'met' };
}

function countFindings(copies: readonly CopyFacts[], target: CopyTarget): Finding[] {
  const count = countCopies(copies);
  const evidence = copies.map(placeEvidence);
  const unsaid = copies.filter(({ domain }) => domainWords(domain) === '').map(nameOf);
  const short = (have: number, want: number): FindingState =>
    have >= want ? 'met' : have + unsaid.length >= want ? 'unknown' : 'missed';
  const nobody = unsaid.length === 0 ? '' : ` Nobody has said where ${unsaid.join(', ')} is.`;
  const where = copies.map((copy) => `${nameOf(copy)} (${domainWords(copy.domain) || 'where is unknown'})`).join(', ');
  return [
    {
      rule: 'copies',
      state: count.copies >= target.copies ? 'met' : 'missed',
      words: `${formatCount(count.copies)} of ${target.copies} copies: the original${where === '' ? '' : `, ${where}`}.`,
      evidence: [...evidence, ...copies.map(snapshotEvidence)],
    },
    {
      rule: 'domains',
      state: short(count.domains - (unsaid.length > 0 ? 1 : 0), target.domains),
      words: `${formatCount(count.domains)} of ${target.domains} failure domains.${nobody} Which medium a place is on is not recorded.`,
      evidence,
    },
    {
      rule: 'offsite',
      state: short(count.offsite, target.offsite),
      words: `${formatCount(count.offsite)} of ${target.offsite} copies away from where protection writes.${nobody}`,
      evidence,
    },
  ];
}

function immutable(copies: readonly CopyFacts[], { immutable: wanted, verifiedDays }: CopyTarget): Finding {
  const locked = copies.filter(({ lockedBy }) => lockedBy === 'store' || lockedBy === 'server');
  const broken = locked.filter(({ proof }) => proof !== null && !proof.holds);
  const proven = locked.filter(({ proof }) => proof !== null && proof.holds);
  const promised = copies.filter(({ lockedBy }) => lockedBy === 'console');
  const unproven = locked.length - broken.length - proven.length;
  const state: FindingState =
    proven.length >= wanted ? 'met' : proven.length + unproven >= wanted ? 'unknown' : 'missed';
  const parts = [
    `${formatCount(proven.length)} of ${wanted} immutable copies are proven${list(proven)}.`,
    unproven === 0 ? '' : `Set, and never tried out${list(locked.filter(({ proof }) => proof === null))}.`,
    broken.length === 0 ? '' : `Set, and what was tried could be removed${list(broken)}.`,
    promised.length === 0 ? '' : `Locked by this console alone, which no store enforces${list(promised)}.`,
    verifiedDays > 0 && proven.length === 0 && unproven > 0 ? 'Try it out: holdfast immutability verify.' : '',
  ];
  return {
    rule: 'immutable',
    state,
    words: parts.filter((part) => part !== '').join(' '),
    evidence: locked.map(placeEvidence),
  };
}

function scrubbed(copies: readonly CopyFacts[], { verifiedDays }: CopyTarget, nowMs: number): Finding {
  const damaged = copies.filter(({ damage }) => damage > 0);
  const isRead = ({ scrubbedSinceMs }: CopyFacts): boolean =>
    scrubbedSinceMs !== null && nowMs - scrubbedSinceMs <= verifiedDays * dayMs;
  const unread = copies.filter((copy) => !isRead(copy));
  const evidence = copies.map(placeEvidence);
  if (damaged.length > 0)
    return { rule: 'scrubbed', state: 'missed', words: `Damage is known${list(damaged)}.`, evidence };
  if (copies.length === 0) return { rule: 'scrubbed', state: 'unknown', words: 'There is nothing to read.', evidence };
  if (unread.length === 0)
    return {
      rule: 'scrubbed',
      state: 'met',
      words: `All copies were read through in the last ${verifiedDays} days, without an error.`,
      evidence,
    };
  return {
    rule: 'scrubbed',
    state: 'unknown',
    words: `Not read through in the last ${verifiedDays} days${list(unread)}.`,
    evidence,
  };
}

function drilled({ drill }: SourceFactsOf, { verifiedDays }: CopyTarget, nowMs: number): Finding {
  if (drill === null)
    return { rule: 'drilled', state: 'unknown', words: 'Unknown: no drill of it has passed yet.', evidence: [] };
  const agoMs = Math.max(0, nowMs - drill.endedAtMs);
  const evidence: Evidence[] = [
    { kind: 'drill', id: drill.id, label: `drill of ${isoDay(drill.endedAtMs)}` },
    ...(drill.record === null ? [] : [{ kind: 'record' as const, id: drill.record, label: 'signed record' }]),
  ];
  const words = `The last drill passed ${formatDuration(agoMs)} ago; ${verifiedDays} days are allowed.`;
  return { rule: 'drilled', state: agoMs <= verifiedDays * dayMs ? 'met' : 'missed', words, evidence };
}

function retention({ profile, snapshots }: SourceFactsOf, kept: Kept): Finding {
  const evidence = snapshots
    .filter(({ takenAtMs }) => takenAtMs === kept.oldestMs || takenAtMs === kept.newestMs)
    .slice(0, 2)
    .map(({ id, takenAtMs }): Evidence => ({ kind: 'snapshot', id, label: isoDay(takenAtMs) }));
  if (profile === null)
    return { rule: 'retention', state: 'unknown', words: 'No profile says how long it has to be kept.', evidence };
  const short = kept.periods.filter(({ missing }) => missing > 0);
  if (short.length === 0) {
    const expected = kept.periods.reduce((sum, period) => sum + period.expected, 0);
    const words =
      expected === 0
        ? 'No period of its profile has come round yet.'
        : `All ${formatCount(expected)} points that ${profile.name} promises are there.`;
    return { rule: 'retention', state: expected === 0 ? 'unknown' : 'met', words, evidence };
  }
  const words = short
    .map(({ name, missing, expected, gaps }) => {
      const more = missing > gaps.length ? ', …' : '';
      return `${name}: ${formatCount(missing)} of ${formatCount(expected)} are missing (${gaps.map(isoDay).join(', ')}${more})`;
    })
    .join('; ');
  return { rule: 'retention', state: 'missed', words: `${words}.`, evidence };
}

/** Which of the points that periods have promised are there, in any place. */
function keptOf({ profile, snapshots, addedAtMs }: SourceFactsOf, { nowMs, zone: machineZone }: At): Kept {
  const times = snapshots.map(({ takenAtMs }) => takenAtMs);
  const locks = snapshots
    .map(({ lockedUntil }) => lockedUntil)
    .filter((lock) => lock === 'forever' || (lock ?? 0) > nowMs);
  const zone = profile?.definition.zone ?? machineZone;
  const periods = (profile?.definition.periods ?? []).map((period): PeriodKept => {
    const rule = ruleOf(period.rule);
    const sinceMs = Math.max(addedAtMs, profile?.since[period.id] ?? 0);
    const good = snapshots
      .filter((one) => one.good && one.periods.includes(period.id))
      .map(({ takenAtMs }) => takenAtMs)
      .toSorted((a, b) => a - b);
    // What has just come round may still be at it.
    const due = rule === null ? [] : occurrences(rule, zone, sinceMs, nowMs - hourMs).slice(-mostOccurrences);
    const kept = due.filter((atMs) => (keepUntil(atMs, period.keep, zone) ?? Infinity) > nowMs + hourMs);
    const missing = kept.filter((atMs, index) => {
      const untilMs = kept[index + 1] ?? Infinity;
      return !good.some((takenAtMs) => takenAtMs >= atMs && takenAtMs < untilMs);
    });
    return {
      period: period.id,
      name: period.name,
      expected: kept.length,
      missing: missing.length,
      gaps: missing.slice(0, shownGaps),
    };
  });
  return {
    periods,
    snapshots: snapshots.length,
    oldestMs: times.length === 0 ? null : times.reduce((a, b) => Math.min(a, b)),
    newestMs: times.length === 0 ? null : times.reduce((a, b) => Math.max(a, b)),
    lockedUntil: locks.includes('forever')
      ? 'forever'
      : locks.reduce<number | null>(
          (last, lock) => (typeof lock === 'number' ? Math.max(last ?? 0, lock) : last),
          null,
        ),
  };
}

function nameOf({ site }: CopyAt): string {
  return site ?? 'the primary repository';
}

function list(copies: readonly CopyFacts[]): string {
  return copies.length === 0 ? '' : `: ${copies.map(nameOf).join(', ')}`;
}

function placeEvidence({ site, connection }: CopyFacts): Evidence {
  return site === null
    ? { kind: 'repository', id: connection ?? '', label: 'primary repository' }
    : { kind: 'site', id: site, label: site };
}

function snapshotEvidence({ snapshot, newestGoodAtMs, ...copy }: CopyFacts): Evidence {
  return {
    kind: 'snapshot',
    id: snapshot,
    label: `${isoDay(newestGoodAtMs)} in ${copy.site ?? 'the primary repository'}`,
  };
}

function isoDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
