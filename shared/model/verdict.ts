/**
 * "If this burned down now, what would we lose?" in one line, from what is known of sources. Pure; the time comes in.
 * Words are literally true: what nobody has measured or promised is said to be unknown.
 */
import { freshnessOf } from './freshness.ts';
import { formatCount, formatDuration } from './units.ts';

export type VerdictSource = {
  readonly name: string;
  /** Epoch milliseconds of the newest good snapshot; null without one. */
  readonly newestGoodAtMs: number | null;
  /** How the last protection ended: a state of a job, or null while none is known. */
  readonly lastRun: string | null;
  /** How old the newest good snapshot may be; null: nobody has said. */
  readonly rpoMs: number | null;
  /** How long a restore of it takes, by its drills; null or left out: none has passed. */
  readonly rto?: { readonly ms: number; readonly basis: 'measured' | 'estimated' } | null;
};

export type VerdictRepository = {
  readonly name: string;
  readonly state: 'open' | 'locked' | 'unreachable';
};

export type VerdictLevel = 'nothing' | 'good' | 'attention' | 'bad';

/** A piece of the line; `subject` is the name of a source, shown in the colour of the level. */
export type VerdictPart = { readonly text: string; readonly subject: boolean };

export type Verdict = {
  readonly level: VerdictLevel;
  readonly headline: readonly VerdictPart[];
  readonly detail: string;
};

const failedStates = new Set(['failed', 'interrupted']);

export function verdictOn(
  sources: readonly VerdictSource[],
  repositories: readonly VerdictRepository[],
  nowMs: number,
): Verdict {
  if (sources.length === 0) {
    return { level: 'nothing', headline: [plain('Nothing is protected yet.')], detail: 'Add a source to begin.' };
  }
  const lost = repositories.filter(({ state }) => state === 'unreachable');
  const locked = repositories.filter(({ state }) => state === 'locked');
  const without = sources.filter(({ newestGoodAtMs }) => newestGoodAtMs === null);
  const failed = sources.filter(
    ({ lastRun, newestGoodAtMs }) => newestGoodAtMs !== null && failedStates.has(lastRun ?? ''),
  );
  const partial = sources.filter(({ lastRun, newestGoodAtMs }) => newestGoodAtMs !== null && lastRun === 'partial');
  const overdue = sources.filter((source) => overMs(source, nowMs) !== null);
  const good = sources.length - without.length;
  const headline = [
    plain(withinWords(sources, nowMs) ?? goodWords(good, sources.length)),
    ...overdueSentence(overdue, nowMs),
    ...sentence(without, 'has no good snapshot yet', 'have no good snapshot yet'),
    ...sentence(failed, 'failed in its last run', 'failed in their last runs'),
    ...sentence(partial, 'could not be read completely', 'could not be read completely'),
    // A snapshot that cannot be reached brings nothing back, however good it is.
    ...placeSentence(lost, 'cannot be reached'),
    ...placeSentence(locked, locked.length === 1 ? 'is locked' : 'are locked'),
  ];
  const isBad = without.length + overdue.length + failed.length + lost.length > 0;
  const level = isBad ? 'bad' : partial.length + locked.length > 0 ? 'attention' : 'good';
  return { level, headline, detail: lossWords(sources, nowMs) };
}

/** Null where nobody has said of any how old it may be. */
function withinWords(sources: readonly VerdictSource[], nowMs: number): string | null {
  const limited = sources.filter(({ rpoMs }) => rpoMs !== null);
  if (limited.length === 0) return null;
  const isWithin = (source: VerdictSource): boolean => source.newestGoodAtMs !== null && overMs(source, nowMs) === null;
  const within = limited.filter(isWithin).length;
  const unlimited = sources.length - limited.length;
  if (unlimited === 0) return `${allWords(within, limited.length)} within RPO.`;
  const rest = `${unlimited} ${unlimited === 1 ? 'has' : 'have'} none.`;
  if (limited.length === 1)
    return `The one source that has an RPO ${within === 1 ? 'is' : 'is not'} within it. ${rest}`;
  return `${within === limited.length ? `All ${within}` : `${within} of ${limited.length}`} sources that have an RPO ${within === 1 ? 'is' : 'are'} within it. ${rest}`;
}

function allWords(within: number, all: number): string {
  if (all === 1) return within === 1 ? 'The one source is' : 'The one source is not';
  return within === all
    ? `All ${formatCount(all)} sources are`
    : `${formatCount(within)} of ${formatCount(all)} sources ${within === 1 ? 'is' : 'are'}`;
}

/** ` payroll is 2 h 10 min over.` */
function overdueSentence(overdue: readonly VerdictSource[], nowMs: number): VerdictPart[] {
  const [first] = overdue;
  if (first === undefined) return [];
  if (overdue.length > 1) return [plain(` ${overdue.length} sources are over.`)];
  return [
    plain(' '),
    { text: first.name, subject: true },
    plain(` is ${formatDuration(overMs(first, nowMs) ?? 0)} over.`),
  ];
}

function overMs({ newestGoodAtMs, rpoMs }: VerdictSource, nowMs: number): number | null {
  return freshnessOf({ newestGoodAtMs, rpoMs, paused: false }, nowMs).overMs;
}

function goodWords(good: number, all: number): string {
  if (all === 1) return good === 1 ? 'The one source has a good snapshot.' : 'The one source has no good snapshot.';
  if (good === all) return `All ${formatCount(all)} sources have a good snapshot.`;
  return `${formatCount(good)} of ${formatCount(all)} sources ${good === 1 ? 'has' : 'have'} a good snapshot.`;
}

/** ` photos has no good snapshot yet.`, ` 3 sources have no good snapshot yet.` */
function sentence(sources: readonly VerdictSource[], one: string, many: string): VerdictPart[] {
  const [first] = sources;
  if (first === undefined) return [];
  if (sources.length > 1) return [plain(` ${formatCount(sources.length)} sources ${many}.`)];
  return [plain(' '), { text: first.name, subject: true }, plain(` ${one}.`)];
}

function placeSentence(repositories: readonly VerdictRepository[], words: string): VerdictPart[] {
  const [first] = repositories;
  if (first === undefined) return [];
  const which = repositories.length === 1 ? `The repository ${first.name}` : `${repositories.length} repositories`;
  return [plain(` ${which} ${words}.`)];
}

/** Whoever has no good snapshot loses all; else the one whose newest is oldest loses most. */
function lossWords(sources: readonly VerdictSource[], nowMs: number): string {
  const worst = sources.reduce((a, b) => ((a.newestGoodAtMs ?? -1) <= (b.newestGoodAtMs ?? -1) ? a : b));
  const loss =
    worst.newestGoodAtMs === null
      ? `Worst loss now: all of ${worst.name}.`
      : `Worst loss now: ${formatDuration(nowMs - worst.newestGoodAtMs)}, ${worst.name}${allowedWords(worst)}.`;
  return `${loss} ${recoveryWords(sources)}`;
}

/** `Recovery time: 2 h 5 min at the longest, photos, measured; 1 source never drilled.` */
function recoveryWords(sources: readonly VerdictSource[]): string {
  const known = sources.flatMap(({ name, rto }) => (rto === null || rto === undefined ? [] : [{ name, ...rto }]));
  const [longest] = known.toSorted((a, b) => b.ms - a.ms);
  if (longest === undefined) return 'Recovery time: unknown, never drilled.';
  const unknown = sources.length - known.length;
  const rest = unknown === 0 ? '' : `; ${formatCount(unknown)} ${unknown === 1 ? 'source' : 'sources'} never drilled`;
  return `Recovery time: ${formatDuration(longest.ms)} at the longest, ${longest.name}, ${longest.basis}${rest}.`;
}

function allowedWords({ rpoMs }: VerdictSource): string {
  return rpoMs === null ? '' : ` (allowed ${formatDuration(rpoMs)})`;
}

function plain(text: string): VerdictPart {
  return { text, subject: false };
}
