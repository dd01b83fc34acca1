/** Protection gaps: what nobody protects, and what is protected less than somebody would expect. */
import { freshnessOf } from '../freshness.ts';
import { formatBytes, formatDuration } from '../units.ts';
import type { PlaceKind } from '../unprotected-places.ts';
import { count, figure, nothing, ofAll, shownRows, words, type ReportBody, type ReportMoment } from './document.ts';
import type { ReportRepository, ReportSource } from './source-facts.ts';

/** Something that is there and that no source is of. */
export type Unguarded = {
  readonly kind: 'instance' | 'volume' | 'bucket' | 'git repository' | PlaceKind;
  readonly name: string;
  /** The region and account, the owner, or this machine. */
  readonly where: string;
  readonly bytes: number | null;
  /** There is more than was counted. */
  readonly more?: boolean;
};

export type GapFacts = {
  readonly sources: readonly ReportSource[];
  readonly repositories: readonly ReportRepository[];
  readonly unguarded: readonly Unguarded[];
  /** Where was looked, in words. */
  readonly lookedAt: readonly string[];
  /** Where could not be looked, each in a sentence. */
  readonly notLooked: readonly string[];
};

type Gap = {
  readonly source: string;
  readonly gap: string;
  readonly key: string;
  readonly todo: string;
  readonly rank: number;
};

export function gapsReport(facts: GapFacts, { nowMs }: ReportMoment): ReportBody {
  const gaps = facts.sources
    .flatMap((source) => gapsOf(source, nowMs))
    .toSorted((a, b) => a.rank - b.rank || (a.source < b.source ? -1 : 1));
  const found = shownRows(gaps);
  const outside = shownRows(facts.unguarded);
  const lacking = new Set(gaps.map(({ source }) => source)).size;
  return {
    lead: leadOf(facts, lacking),
    figures: [
      figure(
        'unprotected',
        'Unprotected things found',
        count(facts.unguarded.length, facts.unguarded.length > 0 ? 'bad' : undefined),
      ),
      figure('sources_with_gaps', 'Sources with gaps', count(lacking, lacking > 0 ? 'warning' : undefined)),
      figure('sources', 'Sources', count(facts.sources.length)),
    ],
    tables: [
      {
        key: 'unprotected',
        title: 'Unprotected: there, and of no source',
        note: outside.left,
        columns: [
          { key: 'kind', title: 'Kind', share: 15 },
          { key: 'name', title: 'Name', share: 45 },
          { key: 'where', title: 'Where', share: 28 },
          { key: 'size_bytes', title: 'Size', share: 12, align: 'right' },
        ],
        rows: outside.rows.map(({ kind, name, where, bytes, more }) => [
          words(kind),
          words(name, 'bad'),
          words(where),
          bytes === null ? nothing : { text: `${more === true ? 'over ' : ''}${formatBytes(bytes)}`, value: bytes },
        ]),
        empty:
          facts.lookedAt.length === 0
            ? 'Nowhere was looked.'
            : `Nothing was found. Looked at: ${facts.lookedAt.join(', ')}.`,
      },
      {
        key: 'gaps',
        title: 'Sources that lack something, worst first',
        note: found.left,
        columns: [
          { key: 'source', title: 'Source', share: 30 },
          { key: 'gap', title: 'What is missing', share: 35 },
          { key: 'todo', title: 'What to do', share: 35 },
        ],
        rows: found.rows.map(({ source, gap, key, todo, rank }) => [
          words(source),
          { text: gap, value: key, tone: rank < 3 ? ('bad' as const) : ('warning' as const) },
          words(todo),
        ]),
        empty:
          facts.sources.length === 0
            ? 'There are no sources yet.'
            : 'No source lacks anything that is looked for here.',
      },
    ],
    unknown: [
      ...facts.notLooked,
      'Other machines, and accounts that this console does not know, were not looked for. Of this machine the usual places were looked at, and no whole disk.',
    ],
    facts: [
      'Sources, profiles, copies and drills as this console has them.',
      ...facts.lookedAt.map((place) => `What is there now: ${place}.`),
    ],
  };
}

function gapsOf(source: ReportSource, nowMs: number): Gap[] {
  const { name } = source;
  const { state, overMs } = freshnessOf(source, nowMs);
  const gap = (rank: number, key: string, text: string, todo: string): Gap => ({
    source: name,
    rank,
    key,
    gap: text,
    todo,
  });
  return [
    ...(state === 'never'
      ? [gap(0, 'never', 'It has no good snapshot.', 'Protect it, and look why its runs fail.')]
      : []),
    ...(overMs === null
      ? []
      : [gap(1, 'overdue', `It is ${formatDuration(overMs)} over its RPO.`, 'Look at its last runs.')]),
    ...(source.profile === null
      ? [gap(2, 'no-profile', 'No profile counts for it: it is not protected by itself.', 'Give it a profile.')]
      : []),
    ...(source.copies !== null && source.copies.offsite === 0
      ? [gap(3, 'no-copy', 'No copy of it is elsewhere.', 'Add a site, and a rule that sends it there.')]
      : source.copies !== null && !source.copies.isEnough
        ? [
            gap(
              4,
              'few-copies',
              'It has fewer than three copies in two domains.',
              'Add another site of another place or provider.',
            ),
          ]
        : []),
    ...(source.paused ? [gap(5, 'paused', 'It is paused.', 'Resume it when the reason is gone.')] : []),
    ...(source.rpoMs === null
      ? [gap(6, 'no-rpo', 'Nobody has said how old its snapshots may be.', 'Set an RPO in its profile.')]
      : []),
    ...(source.everDrilled
      ? []
      : [
          gap(
            7,
            'never-drilled',
            'It was never drilled: whether it comes back, and when, is not known.',
            'Run a drill.',
          ),
        ]),
  ];
}

function leadOf({ sources, unguarded, lookedAt }: GapFacts, lacking: number): string {
  const outside =
    lookedAt.length === 0
      ? 'Nowhere was looked for what is unprotected.'
      : unguarded.length === 0
        ? 'Nothing unprotected was found where was looked.'
        : `${unguarded.length} ${unguarded.length === 1 ? 'thing is' : 'things are'} unprotected.`;
  if (sources.length === 0) return `${outside} There are no sources yet.`;
  return `${outside} ${lacking === 0 ? 'No source lacks anything.' : sources.length === 1 ? 'The one source lacks something.' : `${ofAll(lacking, sources.length)} sources lack something.`}`;
}
