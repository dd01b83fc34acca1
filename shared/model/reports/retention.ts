/** Proof of retention: which snapshots existed, which are kept and why, which were deleted, when, by whom and by which rule. */
import { countOf, formatCount } from '../units.ts';
import {
  count,
  figure,
  nothing,
  noteOf,
  shownRows,
  time,
  words,
  type ReportBody,
  type ReportMoment,
} from './document.ts';

/** Times are epoch milliseconds. */
export type KeptSnapshot = {
  readonly source: string;
  readonly snapshot: string;
  readonly takenAtMs: number;
  readonly keep: boolean;
  /** Null: for ever, or as long as something else keeps it. */
  readonly untilMs: number | null;
  readonly reasons: readonly string[];
  readonly lockedUntil: string | null;
};

export const removalWays = ['expiry', 'site', 'forget', 'named'] as const;
export type RemovalWay = (typeof removalWays)[number];

export type RemovedSnapshot = {
  readonly source: string;
  readonly snapshot: string;
  readonly takenAtMs: number;
  readonly removedAtMs: number;
  /** `expiry` by the periods of its profile, `site` by what a site keeps, `forget` by rules that were given, `named` by hand. */
  readonly way: RemovalWay;
  readonly reasons: readonly string[];
  readonly by: string;
  /** Where it was removed. */
  readonly repository: string;
};

export type RetentionSource = {
  readonly source: string;
  /** Null: no profile counts, so nothing expires. */
  readonly profile: string | null;
  /** What its periods ask for, in words. */
  readonly rule: string;
  /** Snapshots that are there now. */
  readonly there: number;
  /** Of these, taken in the period. */
  readonly taken: number;
  /** Why nothing is decided now; null: all is as it should be. */
  readonly refused: string | null;
};

export type RetentionFacts = {
  readonly sources: readonly RetentionSource[];
  readonly kept: readonly KeptSnapshot[];
  readonly removed: readonly RemovedSnapshot[];
  readonly moreRemoved: number;
  /** Since when removals are recorded here; null: none ever was. */
  readonly recordedSinceMs: number | null;
  readonly held: number;
  readonly openReviews: number;
};

const wayWords: Readonly<Record<RemovalWay, string>> = {
  expiry: 'expired',
  site: 'expired at a site',
  forget: 'by rules given',
  named: 'by hand',
};

export function retentionReport(
  facts: RetentionFacts,
  { zone }: ReportMoment,
  period: { readonly fromMs: number },
): ReportBody {
  const { sources, kept, removed } = facts;
  const removedBySource = Map.groupBy(removed, ({ source }) => source);
  const over = kept.filter(({ keep }) => !keep).length;
  const byHand = removed.filter(({ way }) => way === 'named').length;
  const shownKept = shownRows(kept);
  const shownRemoved = shownRows(removed);
  const shownSources = shownRows(sources);
  const removedCount = removed.length + facts.moreRemoved;
  return {
    lead: `${countOf(kept.length, 'snapshot is', 'snapshots are')} there now. ${removedCount === 0 ? 'None was removed' : `${formatCount(removedCount)} ${removedCount === 1 ? 'was' : 'were'} removed`} in this time${byHand === 0 ? '' : `, ${formatCount(byHand)} of them by hand`}.`,
    figures: [
      figure('kept', 'Snapshots there now', count(kept.length)),
      figure('taken', 'Taken in this time', count(sources.reduce((sum, one) => sum + one.taken, 0))),
      figure('removed', 'Removed in this time', count(removedCount)),
      figure('by_hand', 'Of these by hand', count(byHand, byHand > 0 ? 'warning' : undefined)),
      figure('over', 'There, though their time is over', count(over)),
      figure('held', 'Held', count(facts.held)),
      figure(
        'open_reviews',
        'Questions to an operator',
        count(facts.openReviews, facts.openReviews > 0 ? 'warning' : undefined),
      ),
    ],
    tables: [
      {
        key: 'sources',
        title: 'Sources and their rules',
        note: shownSources.left,
        columns: [
          { key: 'source', title: 'Source', share: 24 },
          { key: 'profile', title: 'Profile', share: 15 },
          { key: 'rule', title: 'What is kept', share: 34 },
          { key: 'kept', title: 'There', share: 9, align: 'right' },
          { key: 'taken', title: 'Taken', share: 9, align: 'right' },
          { key: 'removed', title: 'Removed', share: 9, align: 'right' },
        ],
        rows: shownSources.rows.map((one) => [
          words(one.source),
          one.profile === null ? words('none', 'warning') : words(one.profile),
          words(one.refused === null ? one.rule : `${one.rule}. Nothing is removed now: ${one.refused}`),
          count(one.there),
          count(one.taken),
          count((removedBySource.get(one.source) ?? []).length),
        ]),
        empty: 'There are no sources yet.',
      },
      {
        key: 'removed',
        title: 'What was removed, newest first',
        note: noteOf(
          shownRemoved.left,
          facts.moreRemoved === 0 ? null : `${formatCount(facts.moreRemoved)} older ones are left out.`,
        ),
        columns: [
          { key: 'removed_at', title: 'Removed', share: 15 },
          { key: 'source', title: 'Source', share: 20 },
          { key: 'snapshot', title: 'Snapshot', share: 10 },
          { key: 'taken_at', title: 'Taken', share: 15 },
          { key: 'way', title: 'How', share: 12 },
          { key: 'rule', title: 'By which rule', share: 20 },
          { key: 'by', title: 'By', share: 11 },
          { key: 'repository', title: 'From', share: 13 },
        ],
        rows: shownRemoved.rows.map((one) => [
          time(one.removedAtMs, zone),
          words(one.source),
          { text: one.snapshot.slice(0, 8), value: one.snapshot },
          time(one.takenAtMs, zone),
          { text: wayWords[one.way], value: one.way, ...(one.way === 'named' ? { tone: 'warning' as const } : {}) },
          one.reasons.length === 0 ? nothing : words(one.reasons.join('; ')),
          words(one.by),
          words(one.repository),
        ]),
        empty: 'Nothing was removed.',
      },
      {
        key: 'kept',
        title: 'What is there, and why',
        note: shownKept.left,
        columns: [
          { key: 'source', title: 'Source', share: 22 },
          { key: 'snapshot', title: 'Snapshot', share: 10 },
          { key: 'taken_at', title: 'Taken', share: 15 },
          { key: 'until', title: 'Kept until', share: 15 },
          { key: 'reasons', title: 'Why', share: 30 },
          { key: 'locked_until', title: 'Locked until', share: 15 },
        ],
        rows: shownKept.rows.map((one) => [
          words(one.source),
          { text: one.snapshot.slice(0, 8), value: one.snapshot },
          time(one.takenAtMs, zone),
          one.untilMs !== null
            ? time(one.untilMs, zone)
            : one.keep
              ? { text: 'no end', value: null }
              : words('its time is over'),
          one.reasons.length === 0 ? nothing : words(one.reasons.join('; ')),
          lockCell(one, zone),
        ]),
        empty: 'There are no snapshots.',
      },
    ],
    unknown: [
      facts.recordedSinceMs === null
        ? 'No removal was recorded yet: each one is, from this version on. What was removed before is not known.'
        : facts.recordedSinceMs > period.fromMs
          ? `Removals are recorded since ${time(facts.recordedSinceMs, zone).text}: what was removed before is not known.`
          : '',
      'Native snapshots in AWS have lives of their own, which are not part of this.',
      'What other programs, other consoles and administrators of a place removed is not recorded here; a check against the repository finds it.',
    ].filter((sentence) => sentence !== ''),
    facts: [
      'Snapshots as the catalog knows them, judged by their periods now; removals as they were recorded when they were done.',
    ],
  };
}

function lockCell({ lockedUntil }: KeptSnapshot, zone: string) {
  if (lockedUntil === null) return nothing;
  return lockedUntil === 'forever' ? words('for ever') : time(Date.parse(lockedUntil), zone);
}
