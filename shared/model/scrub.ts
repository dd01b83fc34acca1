/**
 * Scrub: every stored byte is read again within a set time. Which files come next is a pure function of when each was last
 * read, and of the time; so a scrub that was stopped anywhere goes on there.
 */
import { isAsleep, type ArchiveState } from './s3-archive.ts';

export const scrubKinds = ['config', 'keys', 'index', 'snapshots', 'data'] as const;
export type ScrubKind = (typeof scrubKinds)[number];

/** Times are epoch milliseconds, sizes bytes. */
export type ScrubFile = {
  readonly kind: ScrubKind;
  readonly name: string;
  readonly size: number;
  /** When it was last read and found good; null: never. */
  readonly readAtMs: number | null;
  readonly archived?: ArchiveState | undefined;
};

export type ScrubTerms = {
  /** Within so many days every byte is read; 0: never by itself. */
  readonly everyDays: number;
  /** Of a place where reading costs money: what a month may still take; null: reading is free. */
  readonly budgetBytes: number | null;
};

export type ScrubCoverage = {
  readonly totalBytes: number;
  /** Read and found good within the time. */
  readonly readBytes: number;
  readonly totalFiles: number;
  readonly readFiles: number;
  /** Of the file that was read longest ago; null where one was never read, or there is none. */
  readonly oldestReadAtMs: number | null;
};

/** What is known of scrubbing one repository. */
export type ScrubState = {
  /** When the console first looked after it. */
  readonly sinceMs: number;
  /** When a step last came to an end; null: never. */
  readonly steppedAtMs: number | null;
  /** The newest failures in a row. */
  readonly failed: { readonly count: number; readonly atMs: number } | null;
};

export const defaultScrubDays = 30;
/** Downloads of so much a month cost some dollars at most. */
export const defaultPaidBytes = 20 * 1024 ** 3;

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const stepEveryMs = 6 * hourMs;
/** What has just been connected has other things to do. */
const firstStepAfterMs = hourMs;
const retryAfterMs: readonly number[] = [hourMs, 6 * hourMs, dayMs];
/** A machine that was off for long does not read all it has missed at once. */
const mostAtOnce = 8;

/** When the next step is due. `nextMs` is when to look again at the latest. */
export function scrubDue(
  { sinceMs, steppedAtMs, failed }: ScrubState,
  nowMs: number,
  everyDays: number,
): { readonly due: boolean; readonly nextMs: number } {
  if (everyDays <= 0) return { due: false, nextMs: nowMs + dayMs };
  const retriedMs =
    failed === null ? 0 : failed.atMs + (retryAfterMs[Math.min(failed.count, retryAfterMs.length) - 1] ?? 0);
  const plannedMs = steppedAtMs === null ? sinceMs + firstStepAfterMs : steppedAtMs + stepEveryMs;
  // A time in the future is one of a clock that was wrong.
  const dueMs = Math.max((steppedAtMs ?? sinceMs) > nowMs ? 0 : plannedMs, retriedMs);
  return nowMs >= dueMs
    ? { due: true, nextMs: nowMs + hourMs }
    : { due: false, nextMs: Math.min(dueMs, nowMs + dayMs) };
}

/**
 * The files of the next step, those read longest ago first: as many as are needed so that all have their turn in time, and
 * no more than what reading may cost.
 */
export function nextStep(
  files: readonly ScrubFile[],
  { steppedAtMs }: Pick<ScrubState, 'steppedAtMs'>,
  nowMs: number,
  terms: ScrubTerms,
): readonly ScrubFile[] {
  const { everyDays, budgetBytes } = terms;
  if (everyDays <= 0) return [];
  const everyMs = everyDays * dayMs;
  const awake = files.filter((file) => !isAsleep(file));
  const total = awake.reduce((sum, { size }) => sum + size, 0);
  const passedMs = steppedAtMs === null ? stepEveryMs : Math.max(stepEveryMs, nowMs - steppedAtMs);
  const share = (total * Math.min(passedMs, mostAtOnce * stepEveryMs)) / everyMs;
  const waiting = awake
    // What was read in the first half of the time is not worth reading again.
    .filter((file) => isWorthReading(file, nowMs, everyDays))
    .toSorted((a, b) => ageOf(b, nowMs) - ageOf(a, nowMs));
  // What was asked for and paid for is there for some days only.
  const [brought, others] = [waiting.filter(({ archived }) => archived), waiting.filter(({ archived }) => !archived)];
  return [...brought, ...takeBytes(others, Math.min(share, budgetBytes ?? Infinity), budgetBytes ?? Infinity)];
}

/** Those in an archive that it is time to read, which nobody can before they are asked for. */
export function asleepAndDue(files: readonly ScrubFile[], nowMs: number, everyDays: number): readonly ScrubFile[] {
  const days = everyDays <= 0 ? defaultScrubDays : everyDays;
  return files.filter((file) => isAsleep(file) && isWorthReading(file, nowMs, days));
}

function isWorthReading(file: ScrubFile, nowMs: number, everyDays: number): boolean {
  return ageOf(file, nowMs) > (everyDays * dayMs) / 2;
}

export function coverageOf(files: readonly ScrubFile[], nowMs: number, everyDays: number): ScrubCoverage {
  const days = everyDays <= 0 ? defaultScrubDays : everyDays;
  const read = files.filter((file) => ageOf(file, nowMs) <= days * dayMs);
  const sizeOf = (some: readonly ScrubFile[]): number => some.reduce((sum, { size }) => sum + size, 0);
  const isAllRead = files.length > 0 && files.every(({ readAtMs }) => readAtMs !== null);
  return {
    totalBytes: sizeOf(files),
    readBytes: sizeOf(read),
    totalFiles: files.length,
    readFiles: read.length,
    oldestReadAtMs: isAllRead ? files.reduce((oldest, { readAtMs }) => Math.min(oldest, readAtMs ?? 0), nowMs) : null,
  };
}

/** Whole percents, and 100 only where nothing is left. */
export function coveragePercent({ totalBytes, readBytes }: Pick<ScrubCoverage, 'totalBytes' | 'readBytes'>): number {
  if (totalBytes === 0 || readBytes >= totalBytes) return 100;
  return Math.min(99, Math.floor((100 * readBytes) / totalBytes));
}

/** Milliseconds since it was read; without end where it never was, or will be. */
function ageOf({ readAtMs }: ScrubFile, nowMs: number): number {
  return readAtMs === null || readAtMs > nowMs ? Infinity : nowMs - readAtMs;
}

/** The first files until there are so many bytes, one at least; a file that goes beyond `most` is left out. */
function takeBytes(files: readonly ScrubFile[], bytes: number, most: number): readonly ScrubFile[] {
  const taken: ScrubFile[] = [];
  let sum = 0;
  for (const file of files) {
    if (sum >= bytes && taken.length > 0) break;
    if (sum + file.size > most) continue;
    taken.push(file);
    sum += file.size;
  }
  return taken;
}
