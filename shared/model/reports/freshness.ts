/** Freshness and coverage: how old the newest good snapshot of each source is, against what is allowed. */
import { byFreshness, freshnessOf, freshnessWords, type Freshness } from '../freshness.ts';
import { countOf } from '../units.ts';
import { verdictOn } from '../verdict.ts';
import {
  bytes,
  count,
  duration,
  figure,
  nothing,
  ofAll,
  shownRows,
  time,
  words,
  type ReportBody,
  type ReportCell,
  type ReportMoment,
  type Tone,
} from './document.ts';
import type { ReportRepository, ReportSource } from './source-facts.ts';

export type FreshnessReportFacts = {
  readonly sources: readonly ReportSource[];
  readonly repositories: readonly ReportRepository[];
};

const tones: Readonly<Record<Freshness['state'], Tone | undefined>> = {
  never: 'bad',
  overdue: 'bad',
  paused: 'warning',
  unjudged: 'warning',
  fresh: 'good',
};

export function freshnessReport(facts: FreshnessReportFacts, { nowMs, zone }: ReportMoment): ReportBody {
  const { sources, repositories } = facts;
  const judged = sources
    .map((source) => ({ source, freshness: freshnessOf(source, nowMs) }))
    .toSorted((a, b) => byFreshness(a.freshness, b.freshness) || (a.source.name < b.source.name ? -1 : 1));
  const inState = (state: Freshness['state']): number =>
    judged.filter(({ freshness }) => freshness.state === state).length;
  const within = judged.filter(
    ({ source, freshness }) => source.rpoMs !== null && freshness.overMs === null && freshness.ageMs !== null,
  ).length;
  const limited = sources.filter(({ rpoMs }) => rpoMs !== null).length;
  const { rows, left } = shownRows(judged);
  return {
    lead: leadOf(sources, repositories, nowMs),
    figures: [
      figure('sources', 'Sources', count(sources.length)),
      figure('within_rpo', 'Within RPO', {
        text: ofAll(within, limited),
        value: within,
        ...toneIf(within < limited, 'bad'),
      }),
      figure('overdue', 'Over RPO', count(inState('overdue'), inState('overdue') > 0 ? 'bad' : undefined)),
      figure('never', 'Without a good snapshot', count(inState('never'), inState('never') > 0 ? 'bad' : undefined)),
      figure(
        'without_rpo',
        'Without an RPO',
        count(sources.length - limited, limited < sources.length ? 'warning' : undefined),
      ),
      figure('paused', 'Paused', count(sources.filter(({ paused }) => paused).length)),
    ],
    tables: [
      {
        key: 'sources',
        title: 'Sources, worst first',
        note: left,
        columns: [
          { key: 'source', title: 'Source', share: 24 },
          { key: 'kind', title: 'Kind', share: 9 },
          { key: 'profile', title: 'Profile', share: 13 },
          { key: 'rpo_ms', title: 'RPO', share: 8, align: 'right' },
          { key: 'newest_good_at', title: 'Newest good snapshot', share: 16 },
          { key: 'age_ms', title: 'Age', share: 9, align: 'right' },
          { key: 'state', title: 'State', share: 15 },
          { key: 'snapshots', title: 'Snapshots', share: 9, align: 'right' },
          { key: 'size_bytes', title: 'Size', share: 10, align: 'right' },
        ],
        rows: rows.map(({ source, freshness }) => [
          words(source.name),
          words(source.kind),
          source.profile === null ? nothing : words(source.profile),
          duration(source.rpoMs),
          time(source.newestGoodAtMs, zone),
          duration(freshness.ageMs),
          stateCell(source, freshness),
          count(source.snapshots),
          bytes(source.bytes),
        ]),
        empty: 'No source is protected yet.',
      },
    ],
    unknown: [
      ...repositories
        .filter(({ state }) => state !== 'open')
        .map(
          ({ name, state }) =>
            `The repository ${name} ${state === 'locked' ? 'is locked' : 'cannot be reached'}: what it got meanwhile from elsewhere is not known.`,
        ),
      ...(limited < sources.length
        ? [
            `${countOf(sources.length - limited, 'source has', 'sources have')} no RPO: whether snapshots of it are new enough nobody has said.`,
          ]
        : []),
    ],
    facts: ['Snapshots as the catalog of this console knows them, and RPOs of sources and profiles.'],
  };
}

/** As the overview says it. */
export function leadOf(
  sources: readonly ReportSource[],
  repositories: readonly ReportRepository[],
  nowMs: number,
): string {
  const { headline, detail } = verdictOn(sources, repositories, nowMs);
  return `${headline.map(({ text }) => text).join('')} ${detail}`;
}

function stateCell({ rpoMs, paused }: ReportSource, freshness: Freshness): ReportCell {
  const said = freshnessWords(freshness, rpoMs);
  const text =
    paused && freshness.state !== 'paused'
      ? `${said}, paused`
      : freshness.state === 'paused'
        ? `${said}, paused`
        : said;
  const tone = tones[freshness.state];
  return { text, value: freshness.state, ...(tone === undefined ? {} : { tone }) };
}

function toneIf(is: boolean, tone: Tone): { readonly tone?: Tone } {
  return is ? { tone } : {};
}
