/** Restore runs as they stand in the catalog, and who works on them. A state is written before what it says is done. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Caller } from '../../../../shared/contract/common.ts';
import type { BucketRunPlan } from '../../../../shared/contract/bucket-runs.ts';
import type { AwsRestorePlan } from '../../../../shared/contract/aws-restores.ts';
import type { Move } from '../../../../shared/contract/failover.ts';
import type { RestoreRun, RunSelection, RunStep } from '../../../../shared/contract/restore-runs.ts';
import { errorCatalog, HoldfastError, type ErrorCode, type ErrorReport } from '../../../../shared/model/errors.ts';
import { isActive } from '../../../../shared/model/run-states.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { RunRow, RunStepRow, RunWithSteps } from '../../catalog/restore-runs.ts';
import type { InputOf } from '../../catalog/operations.ts';
import type { Aggregates } from '../../catalog/registry.ts';

/** What a run of files is to do, as the catalog keeps it. */
export type RunTask = {
  readonly selections: readonly RunSelection[];
  readonly target: string | null;
  readonly overwrite: 'never' | 'if-changed' | 'always';
  readonly verify: boolean;
  /** A snapshot of what is at the original place comes first. */
  readonly protectFirst?: boolean | undefined;
};

/** What a run in AWS is to do. No secret is in it, so what user data says is not. */
export type AwsRunTask = { readonly selections: readonly RunSelection[]; readonly aws: AwsRestorePlan };

/** Moves protection: restores nothing. */
export type MoveRunTask = { readonly selections: readonly RunSelection[]; readonly move: Move };
/** What a run into a bucket is to do. */
export type BucketRunTask = { readonly selections: readonly RunSelection[]; readonly bucket: BucketRunPlan };

export type NewRun = {
  /** Where its name had to be known before. */
  readonly id?: string;
  readonly title: string;
  /** Null where it restores from snapshots that only AWS has. */
  readonly repository: { readonly id: string; readonly location: string } | null;
  readonly steps: readonly {
    step: string;
    title: string;
    detail: string | null;
    undo: string | null;
    noUndo: string | null;
  }[];
} & (
  | { readonly kind: 'folder'; readonly task: RunTask }
  | { readonly kind: 'aws'; readonly task: AwsRunTask }
  | { readonly kind: Move['kind']; readonly task: MoveRunTask }
  | { readonly kind: 'bucket'; readonly task: BucketRunTask }
);

type Change = Omit<InputOf<Aggregates, 'writes', 'restoreRuns.change'>, 'run' | 'atMs'>;
type StepChange = Omit<InputOf<Aggregates, 'writes', 'restoreRuns.changeStep'>, 'run' | 'step'>;

export function newRunId(): string {
  return randomBytes(8).toString('hex');
}

const engineCaller: Caller = { tenant: 'default', actor: 'engine' };

export class RunBook {
  readonly #catalog: Catalog;
  readonly #engine = randomUUID();
  readonly #nowMs: () => number;
  readonly #onChange: (caller: Caller, run: string) => void;
  /** Runs at work, with the job that does it once that is known. */
  readonly #working = new Map<string, { job: string | null; pausing: boolean }>();
  #takenOver: Promise<unknown> | null = null;

  /** `onChange` is told after each change of a run or a step of it. */
  constructor(
    catalog: Catalog,
    nowMs: () => number,
    onChange: (caller: Caller, run: string) => void = () => undefined,
  ) {
    this.#catalog = catalog;
    this.#nowMs = nowMs;
    this.#onChange = onChange;
  }

  async create(caller: Caller, { id, kind, title, repository, task, steps }: NewRun): Promise<RestoreRun> {
    await this.#takeOver();
    const run = id ?? newRunId();
    await this.#catalog.write('restoreRuns.create', caller, {
      run,
      kind,
      title,
      repository: repository?.id ?? '',
      location: repository?.location ?? '',
      request: JSON.stringify(task),
      atMs: this.#nowMs(),
      snapshots: task.selections.map(({ snapshot }) => snapshot),
      steps,
    });
    this.#onChange(caller, run);
    return this.get(caller, run);
  }

  /** The one whose id begins so. RUN_NOT_FOUND, RUN_AMBIGUOUS. */
  async get(caller: Caller, beginning: string): Promise<RestoreRun> {
    await this.#takeOver();
    const [found, second] = await this.#catalog.read('restoreRuns.find', caller, { beginning });
    if (found === undefined) throw new HoldfastError('RUN_NOT_FOUND', `There is no restore run ${beginning}.`);
    if (second !== undefined) throw new HoldfastError('RUN_AMBIGUOUS', `Several restore runs begin with ${beginning}.`);
    return present(found);
  }

  async list(
    caller: Caller,
    page: { readonly open: boolean; readonly before: string | null; readonly limit: number },
  ): Promise<RestoreRun[]> {
    await this.#takeOver();
    return (await this.#catalog.read('restoreRuns.list', caller, page)).map(present);
  }

  async change(caller: Caller, run: string, change: Change): Promise<void> {
    // An engine stands in the row for as long as it works on it, so that the next one knows what was left behind.
    const engine = change.state === undefined ? {} : { engine: isActive(change.state) ? this.#engine : null };
    await this.#catalog.write('restoreRuns.change', caller, { run, atMs: this.#nowMs(), ...engine, ...change });
    this.#onChange(caller, run);
  }

  async changeStep(caller: Caller, run: string, step: string, change: StepChange): Promise<void> {
    await this.#catalog.write('restoreRuns.changeStep', caller, { run, step, ...change });
    this.#onChange(caller, run);
  }

  /** From here to `leave` nobody else works on it. RUN_BUSY. */
  claim(run: string): void {
    this.refuseBusy(run);
    this.#working.set(run, { job: null, pausing: false });
  }

  leave(run: string): void {
    this.#working.delete(run);
  }

  refuseBusy(run: string): void {
    if (this.#working.has(run)) throw new HoldfastError('RUN_BUSY', `Restore run ${run.slice(0, 8)} is at work.`);
  }

  setJob(run: string, job: string): void {
    const working = this.#working.get(run);
    if (working !== undefined) working.job = job;
  }

  /** Of the job that works on it; null while none does. */
  jobOf(run: string): string | null {
    return this.#working.get(run)?.job ?? null;
  }

  /** False where nothing is at work that could pause. */
  askToPause(run: string): boolean {
    const working = this.#working.get(run);
    if (working === undefined) return false;
    working.pausing = true;
    return true;
  }

  isPausing(run: string): boolean {
    return this.#working.get(run)?.pausing ?? false;
  }

  nowMs(): number {
    return this.#nowMs();
  }

  /** RECOVERY_UNDER_WAY: nothing may be taken from a repository that somebody restores from. */
  async refuseWhileUnfinished(caller: Caller, repository: string): Promise<void> {
    await this.#takeOver();
    const [first, ...others] = await this.#catalog.read('restoreRuns.unfinished', caller, { repository });
    if (first === undefined) return;
    const more = others.length === 0 ? '' : `, and ${others.length} more`;
    throw new HoldfastError(
      'RECOVERY_UNDER_WAY',
      `The restore run "${first.title}" of ${first.actor} has not ended${more}.`,
    );
  }

  /** Once for each engine: what an earlier one was at is interrupted. */
  async #takeOver(): Promise<void> {
    this.#takenOver ??= this.#catalog.write('restoreRuns.takeOver', engineCaller, { engine: this.#engine });
    try {
      await this.#takenOver;
    } catch (error) {
      this.#takenOver = null;
      throw error;
    }
  }
}

function present({ row, steps }: RunWithSteps): RestoreRun {
  const task = JSON.parse(row.request) as RunTask & Partial<AwsRunTask> & Partial<BucketRunTask> & Partial<MoveRunTask>;
  const { selections, aws = null, bucket = null, move = null, ...where } = task;
  const kind = move?.kind ?? (aws !== null ? 'aws' : bucket !== null ? 'bucket' : 'folder');
  return {
    id: row.run,
    tenant: row.tenant,
    actor: row.actor,
    kind,
    title: row.title,
    repository: row.repository === '' ? null : { id: row.repository, location: row.location },
    selections: [...selections],
    where: kind === 'folder' ? where : null,
    aws,
    bucket,
    move,
    state: row.state,
    pausing: row.pausing === 1,
    steps: steps.map(presentStep),
    job: row.job,
    createdAt: new Date(row.createdAt).toISOString(),
    startedAt: timeOf(row.startedAt),
    endedAt: timeOf(row.endedAt),
    closedAt: timeOf(row.closedAt),
    error: errorOf(row),
  };
}

function presentStep(row: RunStepRow): RunStep {
  const { step: id, title, detail, state, undo, noUndo } = row;
  const times = { startedAt: timeOf(row.startedAt), endedAt: timeOf(row.endedAt) };
  const result = row.result === null ? null : (JSON.parse(row.result) as NonNullable<RunStep['result']>);
  return { id, title, detail, state, ...times, undo, noUndo, result, error: errorOf(row) };
}

function timeOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

/** A later version may have written a code that this one does not know. */
function errorOf({ errorCode, errorMessage }: Pick<RunRow, 'errorCode' | 'errorMessage'>): ErrorReport | null {
  if (errorCode === null) return null;
  const code = (Object.hasOwn(errorCatalog, errorCode) ? errorCode : 'INTERNAL') as ErrorCode;
  const { meaning, action } = errorCatalog[code];
  return { code, message: errorMessage ?? '', meaning, action };
}
