/** What a job says of itself in one line; all numbers come from the engine, none is made up here. */
import type { Job } from '../../shared/contract/jobs.ts';
import { formatBytes, formatCount, formatDuration, formatRate, type ByteUnits } from '../../shared/model/units.ts';

/** Longer without a movement, and the line says so: a hanging disk looks like work otherwise. */
const stillMs = 20_000;

type Moment = {
  readonly units: ByteUnits;
  /** Epoch milliseconds. */
  readonly now: number;
  /** False: the connection is lost, so neither speed nor remaining time is known. */
  readonly live: boolean;
};

/** `read · 41.2 of 228.0 GiB · 202.1 MiB/s · 15 min left`. */
export function progressWords(job: Job, { units, now, live }: Moment): string {
  if (job.state === 'queued') return waitingWords(job.waitsFor);
  const { progress } = job;
  if (progress === null) return job.state === 'cancelling' ? 'stopping' : 'starting';
  const parts: (string | null)[] = [
    job.state === 'cancelling' ? 'stopping' : progress.phase,
    amountWords(progress, units),
  ];
  if (live) {
    const still = now - Date.parse(progress.movedAt);
    if (still >= stillMs) parts.push(`nothing has moved for ${formatDuration(Math.floor(still / 1000) * 1000)}`);
    else parts.push(rateWords(progress, units), remainingWords(progress.remainingMs));
  }
  if (progress.issues > 0) parts.push(`${formatCount(progress.issues)} ${progress.issues === 1 ? 'issue' : 'issues'}`);
  return parts.filter((part) => part !== null && part !== '').join(' · ');
}

/** The engine gives a sentence; here it is a part of a line. */
function waitingWords(waitsFor: string | null): string {
  if (waitsFor === null) return 'waiting';
  return `waits for ${waitsFor.replace(/^Waits for /, '').replace(/\.$/, '')}`;
}

type Progress = NonNullable<Job['progress']>;

/** In what the share is counted in: `183 of 301 items`, `41.2 GiB of 228.0 GiB`. */
export function amountWords(progress: Progress, units: ByteUnits): string {
  const { measure, doneItems, totalItems, doneBytes, totalBytes } = progress;
  if (measure === 'bytes') {
    const done = formatBytes(doneBytes, units);
    return totalBytes === null || totalBytes === 0 ? done : `${done} of ${formatBytes(totalBytes, units)}`;
  }
  const done = formatCount(doneItems);
  if (totalItems === null || totalItems === 0) return `${done} ${doneItems === 1 ? 'item' : 'items'}`;
  return `${done} of ${formatCount(totalItems)} ${totalItems === 1 ? 'item' : 'items'}`;
}

export function rateWords({ measure, perSecond }: Progress, units: ByteUnits): string | null {
  if (perSecond === null) return null;
  return measure === 'bytes' ? formatRate(perSecond, units) : `${formatCount(perSecond)} items/s`;
}

/** Rounded as an estimate deserves; null before there can be one. */
function remainingWords(remainingMs: number | null): string | null {
  if (remainingMs === null) return null;
  const seconds = remainingMs / 1000;
  if (seconds < 60) return `${Math.max(5, Math.ceil(seconds / 5) * 5)} s left`;
  return `about ${formatDuration(Math.ceil(seconds / 60) * 60_000)} left`;
}

/** Bytes per second of all that run and count in bytes; null where none says. */
export function totalRate(jobs: Iterable<Job>): number | null {
  let total: number | null = null;
  for (const { state, progress } of jobs) {
    if (state !== 'running' || progress?.measure !== 'bytes' || progress.perSecond === null) continue;
    total = (total ?? 0) + progress.perSecond;
  }
  return total;
}

/** How long it ran, or has been running at `now`; null before it began. */
export function jobDurationMs(job: Job, now: number): number | null {
  if (job.startedAt === null) return null;
  const end = job.endedAt === null ? now : Date.parse(job.endedAt);
  return Math.max(0, end - Date.parse(job.startedAt));
}
