/** Storage and growth: what each repository holds, what came in, and when it is full if it goes on like that. */
import { formatBytes, formatDuration } from '../units.ts';
import {
  bytes,
  count,
  figure,
  nothing,
  shownRows,
  time,
  words,
  type ReportBody,
  type ReportCell,
  type ReportMoment,
  type ReportPeriod,
} from './document.ts';
import type { ReportSource } from './source-facts.ts';

export type StoredRepository = {
  readonly name: string;
  readonly location: string;
  readonly role: 'primary' | 'site' | 'other';
  readonly snapshots: number;
  /** Of all its files; null: it could not be looked at. */
  readonly usedBytes: number | null;
  /** Where it lies; null: the place does not say. */
  readonly freeBytes: number | null;
  /** What runs of this console stored there in the period. */
  readonly storedBytes: number;
  /** A day, over the time that was looked at; null: too little is known. */
  readonly dailyBytes: number | null;
  /** When it is full as things go; null: not foreseeable. */
  readonly fullAtMs: number | null;
};

export type StorageFacts = {
  readonly repositories: readonly StoredRepository[];
  readonly sources: readonly (Pick<ReportSource, 'name' | 'kind' | 'bytes' | 'files' | 'snapshots'> & {
    readonly addedBytes: number;
    readonly storedBytes: number;
  })[];
  /** By day of the period, in the zone. */
  readonly days: readonly { readonly date: string; readonly storedBytes: number }[];
  readonly unknown: readonly string[];
};

const dayMs = 24 * 3_600_000;
const soonMs = 30 * dayMs;

export function storageReport(
  facts: StorageFacts,
  { nowMs, zone }: ReportMoment,
  { fromMs, toMs }: ReportPeriod,
): ReportBody {
  const { repositories } = facts;
  const used = repositories.reduce((sum, one) => sum + (one.usedBytes ?? 0), 0);
  const stored = facts.sources.reduce((sum, one) => sum + one.storedBytes, 0);
  const days = Math.max(1, (Math.min(toMs, nowMs) - fromMs) / dayMs);
  const soon = repositories.filter(({ fullAtMs }) => fullAtMs !== null && fullAtMs - nowMs < soonMs);
  const sources = shownRows(
    facts.sources.toSorted((a, b) => b.storedBytes - a.storedBytes || (b.bytes ?? 0) - (a.bytes ?? 0)),
  );
  return {
    lead: leadOf(facts, used, soon, nowMs),
    figures: [
      figure('repositories', 'Repositories', count(repositories.length)),
      figure('used_bytes', 'On disk, all of them', bytes(used)),
      figure('stored_bytes', 'Stored in this time', bytes(stored)),
      figure('daily_bytes', 'A day, on average', bytes(stored / days)),
      figure('full_soon', 'Full within 30 days', count(soon.length, soon.length > 0 ? 'bad' : undefined)),
    ],
    tables: [
      {
        key: 'repositories',
        title: 'Repositories',
        note: null,
        columns: [
          { key: 'repository', title: 'Repository', share: 17 },
          { key: 'location', title: 'Where', share: 25 },
          { key: 'role', title: 'Role', share: 8 },
          { key: 'snapshots', title: 'Snapshots', share: 9, align: 'right' },
          { key: 'used_bytes', title: 'On disk', share: 10, align: 'right' },
          { key: 'free_bytes', title: 'Free there', share: 10, align: 'right' },
          { key: 'daily_bytes', title: 'Grows a day', share: 10, align: 'right' },
          { key: 'full_at', title: 'Full, as it goes', share: 15 },
        ],
        rows: repositories.map((one) => [
          words(one.name),
          words(one.location),
          words(one.role),
          count(one.snapshots),
          bytes(one.usedBytes),
          bytes(one.freeBytes),
          growthCell(one),
          fullCell(one, nowMs, zone),
        ]),
        empty: 'No repository is connected.',
      },
      {
        key: 'sources',
        title: 'Sources, by what they brought',
        note: sources.left,
        columns: [
          { key: 'source', title: 'Source', share: 32 },
          { key: 'kind', title: 'Kind', share: 12 },
          { key: 'snapshots', title: 'Snapshots', share: 12, align: 'right' },
          { key: 'size_bytes', title: 'Size', share: 14, align: 'right' },
          { key: 'new_bytes', title: 'New data', share: 15, align: 'right' },
          { key: 'stored_bytes', title: 'Stored', share: 15, align: 'right' },
        ],
        rows: sources.rows.map((one) => [
          words(one.name),
          words(one.kind),
          count(one.snapshots),
          bytes(one.bytes),
          bytes(one.addedBytes),
          bytes(one.storedBytes),
        ]),
        empty: 'No source is protected yet.',
      },
      {
        key: 'days',
        title: 'Stored by day',
        note: null,
        columns: [
          { key: 'date', title: 'Day', share: 60 },
          { key: 'stored_bytes', title: 'Stored', share: 40, align: 'right' },
        ],
        rows: facts.days.map(({ date, storedBytes }) => [words(date), bytes(storedBytes)]),
        empty: 'Nothing was stored in this time.',
      },
    ],
    unknown: [
      ...facts.unknown,
      'What a day brings is what runs of this console stored; what pruning gave back, and what others wrote, is not in it.',
    ],
    facts: ['Sizes as the files of each repository have them now; the book of runs for what came in.'],
  };
}

function growthCell({ dailyBytes }: StoredRepository): ReportCell {
  return dailyBytes === null ? nothing : bytes(dailyBytes);
}

function fullCell({ fullAtMs, freeBytes }: StoredRepository, nowMs: number, zone: string): ReportCell {
  if (freeBytes === null) return { text: 'not known', value: null };
  if (fullAtMs === null) return { text: 'not foreseeable', value: null };
  const left = fullAtMs - nowMs;
  const shown = time(fullAtMs, zone);
  return {
    ...shown,
    text: `${shown.text.slice(0, 10)}, in ${formatDuration(left)}`,
    tone: left < soonMs ? 'bad' : 'good',
  };
}

function leadOf(
  { repositories }: StorageFacts,
  used: number,
  soon: readonly StoredRepository[],
  nowMs: number,
): string {
  if (repositories.length === 0) return 'No repository is connected.';
  const held = `${repositories.length === 1 ? 'One repository holds' : `${repositories.length} repositories hold`} ${formatBytes(used)}.`;
  const [first] = soon.toSorted((a, b) => (a.fullAtMs ?? 0) - (b.fullAtMs ?? 0));
  if (first === undefined) return `${held} None of them is full within 30 days, as far as that can be foreseen.`;
  return `${held} ${first.name} is full in ${formatDuration((first.fullAtMs ?? nowMs) - nowMs)}, as things go.`;
}
