/** Keeps the book of protection runs: asked for before anything is done, and ended with what came of it. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Caller } from '../../../shared/contract/common.ts';
import type { ProtectResult } from '../../../shared/contract/protection.ts';
import type { ErrorCode, HoldfastError } from '../../../shared/model/errors.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { OpenFreeze } from '../catalog/open-freezes.ts';
import type { EndedRunState, NewRun, ProtectionRunRow, RunEnd } from '../catalog/protection-runs.ts';
import { readConsistency, readFact } from '../repository/format/snapshot.ts';
import type { Repository } from '../repository/repository.ts';
import { listSnapshots, type StoredSnapshot } from '../repository/snapshots.ts';

export type RunRequest = Pick<NewRun, 'source' | 'profile' | 'periods' | 'occurrenceMs' | 'late' | 'system'>;

export class RunHistory {
  /** Of this start of an engine: what another one has left is told apart by it. */
  readonly #engine = randomUUID();
  readonly #catalog: Catalog;
  readonly #nowMs: () => number;

  constructor(catalog: Catalog, nowMs: () => number) {
    this.#catalog = catalog;
    this.#nowMs = nowMs;
  }

  /** The id of the run, which its snapshot carries. Throws what the catalog throws: then nothing may be done. */
  async ask(caller: Caller, request: RunRequest): Promise<string> {
    const run = randomBytes(8).toString('hex');
    await this.#catalog.write('protectionRuns.ask', caller, {
      ...request,
      run,
      engine: this.#engine,
      askedAtMs: this.#nowMs(),
    });
    return run;
  }

  /** Awaited before the repository is written to: what lies there can be found again by it. */
  async begin(caller: Caller, run: string, job: string, repository: string): Promise<void> {
    await this.#catalog.write('protectionRuns.begin', caller, { run, job, repository, startedAtMs: this.#nowMs() });
  }

  async end(caller: Caller, run: string, outcome: ProtectResult | HoldfastError): Promise<void> {
    const end = 'snapshot' in outcome ? endOf(outcome) : failureOf(outcome);
    if (end === null) return this.#wait(caller, run, 'snapshot' in outcome ? outcome.snapshot : '');
    await this.#catalog.write('protectionRuns.end', caller, { run, endedAtMs: this.#nowMs(), ...end });
  }

  /** What was due is answered; how it ends is known once what it has asked for elsewhere is there. */
  async #wait(caller: Caller, run: string, snapshot: string): Promise<void> {
    await this.#catalog.write('protectionRuns.wait', caller, { run, snapshot });
  }

  /** Ends those that waited, by their snapshots as they are in the repository now. Gives back how many still wait. */
  async endWaiting(caller: Caller, source: string, repository: Repository): Promise<number> {
    const rows = await this.#catalog.read('protectionRuns.waiting', caller, {
      source,
      repository: repository.config.id,
    });
    let waiting = 0;
    for (const row of rows) {
      const found = await snapshotOf(repository, row.run);
      if (found?.isPending === true) waiting += 1;
      else await this.settle(caller, row, repository);
    }
    return waiting;
  }

  /** Writes down that an occurrence passed and nothing ran. */
  async miss(caller: Caller, request: RunRequest): Promise<void> {
    const run = await this.ask(caller, request);
    await this.#catalog.write('protectionRuns.end', caller, { run, state: 'missed', endedAtMs: this.#nowMs() });
  }

  /** Runs that an engine has left without an end. */
  async left(caller: Caller): Promise<readonly ProtectionRunRow[]> {
    return this.#catalog.read('protectionRuns.left', caller, { engine: this.#engine });
  }

  /**
   * Ends a run that was left: by its snapshot where that had become durable. With null it had never reached a repository.
   * `problem`: what became of what it had frozen.
   */
  async settle(
    caller: Caller,
    row: ProtectionRunRow,
    repository: Repository | null,
    problem: string | null = null,
  ): Promise<void> {
    const found = repository === null ? null : await snapshotOf(repository, row.run);
    if (found?.isPending === true) return this.#wait(caller, row.run, found.snapshot);
    const endedAtMs = this.#nowMs();
    const end: RunEnd =
      found === null
        ? {
            run: row.run,
            state: 'interrupted',
            endedAtMs,
            consistencyProblem: problem,
            errorCode: 'ENGINE_LOST',
            errorMessage: 'The engine ended before the run did.',
          }
        : { run: row.run, ...found.figures, endedAtMs: endBetween(row.startedAtMs, found.endedAtMs, endedAtMs) };
    await this.#catalog.write('protectionRuns.end', caller, end);
  }

  /** Awaited before anything is frozen. `after` is the hook that thaws it. */
  async freeze(caller: Caller, { run, source, after }: Pick<OpenFreeze, 'run' | 'source' | 'after'>): Promise<void> {
    const atMs = this.#nowMs();
    await this.#catalog.write('openFreezes.begin', caller, { run, source, after, engine: this.#engine, atMs });
  }

  async thawed(caller: Caller, run: string): Promise<void> {
    await this.#catalog.write('openFreezes.end', caller, { run });
  }

  /** What another engine has frozen and nobody has thawed, of one source or of all. */
  async leftFrozen(caller: Caller, source: string | null): Promise<readonly OpenFreeze[]> {
    return this.#catalog.read('openFreezes.left', caller, { engine: this.#engine, source });
  }

  async trim(caller: Caller): Promise<void> {
    await this.#catalog.write('protectionRuns.trim', caller, { nowMs: this.#nowMs() });
  }
}

type Figures = Omit<RunEnd, 'run' | 'endedAtMs'>;

/** Null: how it ends is not known yet. */
function endOf(result: ProtectResult): Figures | null {
  const { snapshot, status: state, files, bytes, addedBytes, storedBytes, consistency, consistencyProblem } = result;
  if (state === 'pending') return null;
  return {
    state,
    snapshot,
    consistency,
    consistencyProblem,
    filesNew: files.new,
    filesChanged: files.changed,
    filesUnmodified: files.unmodified,
    bytesAdded: addedBytes,
    bytesStored: storedBytes,
    bytesTotal: bytes,
  };
}

const endings: Readonly<Partial<Record<ErrorCode, EndedRunState>>> = {
  CANCELLED: 'cancelled',
  ENGINE_STOPPED: 'interrupted',
};

/** An engine that is told to end stops its runs: they are due again when the next one starts. */
function failureOf({ code, message }: HoldfastError): Figures {
  const state: EndedRunState = endings[code] ?? 'failed';
  return { state, errorCode: code, errorMessage: message };
}

/** When its snapshot says it ended, where that can be: a run that was found later did not take until then. */
function endBetween(startedAtMs: number | null, saidMs: number, foundMs: number): number {
  return saidMs >= (startedAtMs ?? Infinity) && saidMs <= foundMs ? saidMs : foundMs;
}

type Found = {
  readonly snapshot: string;
  /** It does not count yet. */
  readonly isPending: boolean;
  readonly figures: Figures;
  /** Not a number where it does not say. */
  readonly endedAtMs: number;
};

async function snapshotOf(repository: Repository, run: string): Promise<Found | null> {
  const { snapshots } = await listSnapshots(repository);
  const all = snapshots.filter(({ file }) => readFact(file.tags, 'run') === run);
  const isPending = ({ file: { tags: facts } }: StoredSnapshot): boolean => readFact(facts, 'status') === 'pending';
  // Of one that has taken the place of another, both may be there for a moment.
  const found = all.find((one) => !isPending(one)) ?? all[0];
  if (found === undefined) return null;
  const { tags, summary } = found.file;
  const status = readFact(tags, 'status');
  const figures: Figures = {
    state: status === 'complete' || status === 'completeWithExceptions' ? status : 'partial',
    snapshot: found.id,
    ...readConsistency(tags),
    ...(summary === undefined
      ? {}
      : {
          filesNew: summary.files_new,
          filesChanged: summary.files_changed,
          filesUnmodified: summary.files_unmodified,
          bytesAdded: summary.data_added,
          bytesStored: summary.data_added_packed,
          bytesTotal: summary.total_bytes_processed,
        }),
  };
  const endedAtMs = Date.parse(summary?.backup_end ?? '');
  return { snapshot: found.id, isPending: isPending(found), figures, endedAtMs };
}
