/** Places that a recovery point can be restored from, ranked by the time that is expected. Pure. */
import { formatBytes, formatCount, formatDuration } from './units.ts';

/** What was read for, those first whose rate says most about a restore. */
export const speedWorks = ['restore', 'drill', 'scrub', 'sync'] as const;
export type SpeedWork = (typeof speedWorks)[number];

/** One time that much was read from a place. */
export type SpeedSample = {
  readonly work: SpeedWork;
  readonly bytes: number;
  readonly durationMs: number;
  readonly atMs: number;
};

export type MeasuredRate = {
  readonly bytesPerSecond: number;
  readonly work: SpeedWork;
  /** How many times it was measured. */
  readonly samples: number;
  /** The newest of them, epoch milliseconds. */
  readonly atMs: number;
};

/** What lies in an archive class has to be brought back first. */
export type PlaceAsleep = {
  readonly files: number;
  readonly bytes: number;
  /** The longest that it may take. */
  readonly waitMs: number;
  readonly dollars: number;
};

export type PlaceKind = 'primary' | 'site' | 'connection' | 'region';

export type PlaceFacts = {
  readonly kind: PlaceKind;
  readonly name: string;
  /** Null: it answers; else why nothing can be read there now, in a sentence. */
  readonly problem: string | null;
  /** Whether nothing has to come over a network. */
  readonly isLocal: boolean;
  /** How long the smallest answer took; null: nobody has asked. */
  readonly latencyMs: number | null;
  readonly rate: MeasuredRate | null;
  /** Null: nothing is, as far as anybody has looked. */
  readonly asleep: PlaceAsleep | null;
  /** Stored files there that are known to be damaged. */
  readonly damagedFiles: number;
  /** Of what is wanted, how much it holds. */
  readonly held: number;
  readonly wanted: number;
};

export type RankedPlace<Facts extends PlaceFacts = PlaceFacts> = {
  readonly place: Facts;
  /** Whether a restore from there can begin. */
  readonly usable: boolean;
  /** Null: nobody can say. */
  readonly expectedMs: number | null;
  /** Why it stands where it stands, in sentences. */
  readonly reasons: readonly string[];
};

/** Less says more about how long a request takes than about a rate. */
const leastBytes = 1024 * 1024;
const leastMs = 100;
const newestSamples = 5;
const workWords: Readonly<Record<SpeedWork, string>> = {
  restore: 'restore',
  drill: 'drill',
  scrub: 'scrub',
  sync: 'sync to it',
};

/** Whether a time that something was read is worth keeping. */
export function isTelling({ bytes, durationMs }: Pick<SpeedSample, 'bytes' | 'durationMs'>): boolean {
  return bytes >= leastBytes && durationMs >= leastMs;
}

/** Of the newest times of the work that says most: all bytes by all time, so that a large one counts for more. */
export function rateOf(samples: readonly SpeedSample[]): MeasuredRate | null {
  for (const work of speedWorks) {
    const own = samples
      .filter((one) => one.work === work && isTelling(one))
      .toSorted((a, b) => b.atMs - a.atMs)
      .slice(0, newestSamples);
    const [newest] = own;
    if (newest === undefined) continue;
    const bytes = own.reduce((sum, one) => sum + one.bytes, 0);
    const durationMs = own.reduce((sum, one) => sum + one.durationMs, 0);
    return { bytesPerSecond: (bytes / durationMs) * 1000, work, samples: own.length, atMs: newest.atMs };
  }
  return null;
}

/** How long `bytes` take from there, with what has to be waited for first; null where that cannot be said. */
export function expectedMs({ rate, asleep }: Pick<PlaceFacts, 'rate' | 'asleep'>, bytes: number | null): number | null {
  if (rate === null || bytes === null) return null;
  return Math.round((asleep?.waitMs ?? 0) + (bytes / rate.bytesPerSecond) * 1000);
}

/**
 * The one that a restore should begin with first. Before time comes what time does not mend: that it answers, that it holds
 * everything, that nothing has to be woken first. Of those of which no time is known, the nearer one.
 */
export function rankPlaces<Facts extends PlaceFacts>(
  places: readonly Facts[],
  bytes: number | null,
): readonly RankedPlace<Facts>[] {
  const ranked = places.map((place) => {
    const usable = place.problem === null && place.held === place.wanted;
    return { place, usable, expectedMs: expectedMs(place, bytes), reasons: reasonsOf(place, bytes) };
  });
  return ranked.toSorted((a, b) => compare(a, b));
}

function compare(a: RankedPlace, b: RankedPlace): number {
  return (
    Number(b.usable) - Number(a.usable) ||
    Number(a.place.problem !== null) - Number(b.place.problem !== null) ||
    b.place.held - a.place.held ||
    Number(a.place.asleep !== null) - Number(b.place.asleep !== null) ||
    byTime(a, b) ||
    Number(a.place.damagedFiles > 0) - Number(b.place.damagedFiles > 0) ||
    kindRank(a.place) - kindRank(b.place) ||
    (a.place.name < b.place.name ? -1 : 1)
  );
}

/**
 * Of two with a time, the shorter. Where one has none, a rate that is known does not beat a disk of this machine: that is
 * measured by the first restore.
 */
function byTime(a: RankedPlace, b: RankedPlace): number {
  const [left, right] = [a, b].map(costOf) as [number | null, number | null];
  if (left !== null && right !== null) return left - right;
  const nearer = Number(b.place.isLocal) - Number(a.place.isLocal);
  if (nearer !== 0) return nearer;
  // Of two disks, that nobody has measured one yet says nothing against it.
  if (a.place.isLocal) return 0;
  if (left !== null || right !== null) return left === null ? 1 : -1;
  return (a.place.latencyMs ?? Infinity) - (b.place.latencyMs ?? Infinity) || 0;
}

/** What is damaged may be wanted or not: it is taken for half as much again, as it comes piece by piece from elsewhere. */
const damagePenalty = 1.5;

/** Milliseconds, of what is wanted or, where nobody knows how much that is, of a GiB. */
function costOf({ place, expectedMs: expected }: RankedPlace): number | null {
  const ms = expected ?? expectedMs(place, 1024 ** 3);
  return ms === null || place.damagedFiles === 0 ? ms : ms * damagePenalty;
}

function kindRank({ kind }: PlaceFacts): number {
  return (['primary', 'site', 'connection', 'region'] as const).indexOf(kind);
}

function reasonsOf(place: PlaceFacts, bytes: number | null): readonly string[] {
  const { problem, rate, asleep, damagedFiles, latencyMs, held, wanted, isLocal, kind } = place;
  if (problem !== null) return [problem];
  const reasons: string[] = [];
  if (held < wanted) reasons.push(`It holds ${formatCount(held)} of ${formatCount(wanted)} snapshots that are wanted.`);
  const expected = expectedMs(place, bytes);
  if (expected !== null && bytes !== null) reasons.push(`${formatBytes(bytes)} in about ${formatDuration(expected)}.`);
  if (rate !== null) reasons.push(rateWords(rate));
  else if (kind === 'region') reasons.push('A volume can be used at once, and reads at full speed once it was loaded.');
  else reasons.push(`How fast it is read is unknown: nothing was restored, rehearsed or scrubbed there yet.`);
  if (isLocal) reasons.push('It lies in a folder of this machine.');
  else if (latencyMs !== null) reasons.push(`It answers in ${formatCount(Math.max(1, Math.round(latencyMs)))} ms.`);
  if (asleep !== null)
    reasons.push(
      `${formatCount(asleep.files)} stored files, ${formatBytes(asleep.bytes)}, lie in an archive: bringing them back takes up to ${formatDuration(asleep.waitMs)} and costs about $${asleep.dollars.toFixed(2)}.`,
    );
  if (damagedFiles > 0)
    reasons.push(
      `${formatCount(damagedFiles)} stored ${damagedFiles === 1 ? 'file is' : 'files are'} known to be damaged there: what is in ${damagedFiles === 1 ? 'it' : 'them'} comes from another place.`,
    );
  return reasons;
}

/** What a restore got from other places than the one it was asked for from, a sentence for each. */
export function elsewhereWords(
  elsewhere: readonly { readonly from: string; readonly pieces: number; readonly bytes: number }[],
): readonly string[] {
  return elsewhere.map(({ from, pieces, bytes }) => {
    const what = pieces === 1 ? 'One piece' : `${formatCount(pieces)} pieces`;
    return `${what}, ${formatBytes(bytes)}, could not be read there and came from ${from}.`;
  });
}

function rateWords({ bytesPerSecond, work, samples }: MeasuredRate): string {
  const often = samples === 1 ? `the last ${workWords[work]}` : `the last ${samples} times (${workWords[work]})`;
  return `${formatBytes(Math.round(bytesPerSecond))} a second, as measured by ${often}.`;
}
