/**
 * Writes jobs into the catalog and finds them there again. Writing trails behind: a job never waits for the catalog, and
 * goes on where the catalog cannot be written to.
 */
import { randomUUID } from 'node:crypto';
import type { Caller } from '../../../shared/contract/common.ts';
import type { Job as JobView, JobLogLine } from '../../../shared/contract/jobs.ts';
import { jobProgressSchema } from '../../../shared/contract/jobs.ts';
import { errorCatalog, toHoldfastError, type ErrorCode, type HoldfastError } from '../../../shared/model/errors.ts';
import { isOver } from '../../../shared/model/job-states.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { JobLineRow, JobRow, SavedJob } from '../catalog/jobs.ts';
import type { Job } from './job.ts';
import type { LogLine } from './job-log.ts';

/** Between two writes of one job that only moves on. */
const writeEveryMs = 500;
/** Ended jobs that could not be written are kept to be looked at, as many as this. */
const keptUnwritten = 20;
/** Lines in one message to the catalog's thread. */
const linesAtOnce = 500;
/** The engine itself, where no caller stands behind a write; each row carries the caller of its job. */
const engineCaller: Caller = { tenant: 'default', actor: 'engine' };

const lostMessage = 'The engine ended before the job did.';

export class JobBook {
  readonly #catalog: Catalog;
  readonly #engine = randomUUID();
  readonly #onTrouble: (error: HoldfastError) => void;
  /** What has changed since it was written. */
  readonly #dirty = new Set<Job>();
  readonly #writtenLines = new WeakMap<Job, number>();
  #takenOver: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> | null = null;
  #inTrouble = false;

  /** `onTrouble` is told once for each time the catalog stops taking what is written. */
  constructor(catalog: Catalog, onTrouble: (error: HoldfastError) => void) {
    this.#catalog = catalog;
    this.#onTrouble = onTrouble;
  }

  /** The job has changed; `now` when that should be known at once. */
  note(job: Job, when: 'now' | 'soon' = 'soon'): void {
    this.#dirty.add(job);
    if (when === 'now') {
      if (this.#timer !== null) clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.write(), 0).unref();
    } else {
      this.#timer ??= setTimeout(() => void this.write(), writeEveryMs).unref();
    }
  }

  /** Writes what has changed by now. Never rejects: what could not be written is tried again with the next change. */
  async write(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#writing;
    this.#writing ??= this.#writeDirty().finally(() => {
      this.#writing = null;
    });
    await this.#writing;
  }

  /** Jobs that ended but could not be written, newest first. */
  unwritten({ tenant }: Caller): Job[] {
    return [...this.#dirty].filter((job) => isOver(job.state) && job.request.caller.tenant === tenant).toReversed();
  }

  /** Jobs that have ended, newest first; `before` is the id of one. Throws what the catalog throws. */
  async ended(caller: Caller, before: string | null, limit: number): Promise<JobView[]> {
    await this.#ready();
    return (await this.#catalog.read('jobs.ended', caller, { before, limit })).map(present);
  }

  /** Up to two jobs whose id begins so. */
  async find(caller: Caller, beginning: string): Promise<JobView[]> {
    await this.#ready();
    return (await this.#catalog.read('jobs.find', caller, { beginning })).map(present);
  }

  async log(caller: Caller, job: string, after: number, limit: number): Promise<JobLogLine[]> {
    await this.#ready();
    const rows = await this.#catalog.read('jobs.log', caller, { job, after, limit });
    return rows.map(({ at, ...line }) => ({ ...line, at: new Date(at).toISOString() }));
  }

  async #ready(): Promise<void> {
    await this.write();
    await this.#takeOver();
  }

  /** Once for each engine: what an earlier one left unfinished is over. */
  async #takeOver(): Promise<void> {
    this.#takenOver ??= this.#catalog
      .write('jobs.takeOver', engineCaller, { engine: this.#engine, message: lostMessage })
      .then(() => undefined);
    try {
      await this.#takenOver;
    } catch (error) {
      this.#takenOver = null;
      throw error;
    }
  }

  async #writeDirty(): Promise<void> {
    if (this.#dirty.size === 0) return;
    const batch = [...this.#dirty];
    this.#dirty.clear();
    try {
      await this.#takeOver();
      for (const job of batch) await this.#writeJob(job);
      this.#inTrouble = false;
    } catch (error) {
      for (const job of batch) this.#dirty.add(job);
      this.#forgetMost();
      if (!this.#inTrouble) this.#onTrouble(toHoldfastError(error));
      this.#inTrouble = true;
    }
  }

  async #writeJob(job: Job): Promise<void> {
    for (;;) {
      const from = this.#writtenLines.get(job) ?? 0;
      const lines = job.log.after(from).slice(0, linesAtOnce);
      const saved: SavedJob = { row: rowOf(job.view()), lines: lines.map(lineRowOf) };
      await this.#catalog.write('jobs.save', engineCaller, { engine: this.#engine, saved: [saved] }, { lane: 'jobs' });
      this.#writtenLines.set(job, from + lines.length);
      if (lines.length < linesAtOnce) return;
    }
  }

  /** A catalog that takes nothing must not fill the memory. */
  #forgetMost(): void {
    const ended = [...this.#dirty].filter((job) => isOver(job.state));
    for (const job of ended.slice(0, -keptUnwritten)) this.#dirty.delete(job);
  }
}

export function presentLine({ atMs, ...line }: LogLine): JobLogLine {
  return { ...line, at: new Date(atMs).toISOString() };
}

function lineRowOf({ atMs, ...line }: LogLine): JobLineRow {
  return { ...line, at: atMs };
}

function rowOf(view: JobView): JobRow {
  return {
    job: view.id,
    tenant: view.tenant,
    actor: view.actor,
    kind: view.kind,
    title: view.title,
    state: view.state,
    priority: view.priority,
    queuedAt: Date.parse(view.queuedAt),
    startedAt: view.startedAt === null ? null : Date.parse(view.startedAt),
    endedAt: view.endedAt === null ? null : Date.parse(view.endedAt),
    progress: view.progress === null ? null : JSON.stringify(view.progress),
    summary: view.summary,
    errorCode: view.error?.code ?? null,
    errorMessage: view.error?.message ?? null,
    run: view.run ?? null,
  };
}

function present(row: JobRow): JobView {
  const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
  const { job, queuedAt, startedAt, endedAt, progress, errorCode, errorMessage, run, ...rest } = row;
  return {
    ...rest,
    ...(run !== null && { run }),
    id: job,
    queuedAt: new Date(queuedAt).toISOString(),
    startedAt: time(startedAt),
    endedAt: time(endedAt),
    progress: presentProgress(progress),
    waitsFor: null,
    error: errorCode === null ? null : presentError(errorCode, errorMessage ?? ''),
  };
}

/** How far an ended job had come: its speed is no longer true. */
function presentProgress(text: string | null): JobView['progress'] {
  if (text === null) return null;
  try {
    return { ...jobProgressSchema.parse(JSON.parse(text)), perSecond: null, remainingMs: null };
  } catch {
    return null;
  }
}

/** A later version may have written a code that this one does not know. */
function presentError(code: string, message: string): NonNullable<JobView['error']> {
  const known = (Object.hasOwn(errorCatalog, code) ? code : 'INTERNAL') as ErrorCode;
  const { meaning, action } = errorCatalog[known];
  return { code: known, message, meaning, action };
}
