/** What a profile will do, on a terminal. */
import type { ProfilePreview } from '../../shared/contract/profiles.ts';
import type { ProfileDefinition } from '../../shared/model/profile.ts';
import { formatBytes, formatCount } from '../../shared/model/units.ts';
import { localTime, plural, shortId } from './display.ts';
import type { ExitCode } from './failure.ts';
import type { Cli, EngineSession } from './session.ts';
import { tableLines } from './table.ts';

export type PreviewOptions = { readonly source?: string; readonly days: number };

/** More runs are a calendar, which is for a screen. */
const shownRuns = 40;

export async function preview(
  { output }: Cli,
  { client, signal }: EngineSession,
  { profile, id }: { readonly profile: ProfileDefinition; readonly id: string | undefined },
  { source, days }: PreviewOptions,
): Promise<ExitCode> {
  const from = new Date().toISOString();
  const found = await client.profiles.preview({ profile, id, source, from, days }, { signal });
  await output.document(found);
  await output.lines([...runLines(found, days), '', ...amountLines(found)]);
  if (source !== undefined) await output.lines(['', ...snapshotLines(found, source)]);
  for (const warning of found.warnings) output.warn(warning);
  return 0;
}

function runLines({ runs, more }: ProfilePreview, days: number): readonly string[] {
  if (runs.length === 0) return [`Nothing runs in the next ${plural(days, 'day')}.`];
  const rows = runs
    .slice(0, shownRuns)
    .map(({ at, periods, keepUntil }) => [
      localTime(at).slice(0, 16),
      periods.join(', '),
      keepUntil === null ? 'for ever' : localTime(keepUntil).slice(0, 16),
    ]);
  const left = runs.length - rows.length;
  const rest =
    left > 0 || more ? [`and ${more ? 'more than ' : ''}${formatCount(left)} more in ${plural(days, 'day')}`] : [];
  return [...tableLines([{ title: 'RUNS' }, { title: 'PERIODS' }, { title: 'KEPT UNTIL' }], rows), ...rest];
}

function amountLines({ steadyCount, steadyBytes }: ProfilePreview): readonly string[] {
  if (steadyCount === null) return ['The number of snapshots grows without end.'];
  const size = steadyBytes === null ? '' : `, about ${formatBytes(steadyBytes)} by what it has added so far`;
  return [`In the long run: ${plural(formatCount(steadyCount), 'snapshot')} of each source${size}.`];
}

function snapshotLines({ snapshots }: ProfilePreview, source: string): readonly string[] {
  if (snapshots.length === 0) return [`No snapshots of ${source} are known.`];
  const word = (life: { keep: boolean; until: string | null } | null): string => {
    if (life === null) return '–';
    if (!life.keep) return 'goes';
    return life.until === null ? 'stays' : localTime(life.until).slice(0, 16);
  };
  const rows = snapshots.map(({ snapshot, takenAt, periods, before, after, reasons }) => [
    shortId(snapshot),
    localTime(takenAt).slice(0, 16),
    periods.join(', ') || '–',
    word(before),
    word(after),
    reasons.join('; '),
  ]);
  const titles = ['SNAPSHOT', 'TAKEN', 'PERIODS', 'UNTIL NOW', 'UNTIL THEN', 'WHY'];
  return tableLines(
    titles.map((title) => ({ title })),
    rows,
  );
}
