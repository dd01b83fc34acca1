/** Runs of recovery plans as they stand in the catalog, and who works on them. A state is written before what it says is done. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Caller } from '../../../../shared/contract/common.ts';
import type { PlanRun, PlanRunStep } from '../../../../shared/contract/plan-runs.ts';
import { errorCatalog, HoldfastError, type ErrorCode, type ErrorReport } from '../../../../shared/model/errors.ts';
import type { PlanIsolation } from '../../../../shared/model/plan-isolation.ts';
import { stateAfterLoss, type PlanStepState } from '../../../../shared/model/plan-runs.ts';
import { stepKinds, type PlanStep, type RecoveryPlan } from '../../../../shared/model/recovery-plans.ts';
import { isActive } from '../../../../shared/model/run-states.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { InputOf } from '../../catalog/operations.ts';
import type { PlanRunRow, PlanRunStepRow, PlanRunWithSteps } from '../../catalog/plan-runs.ts';
import type { Aggregates } from '../../catalog/registry.ts';

/** What a run is to do, as the catalog keeps it. */
type Request = {
  readonly plan: RecoveryPlan;
  readonly version: number;
  readonly values: Readonly<Record<string, string>>;
  readonly atMs: number | null;
  readonly isolation: PlanIsolation | null;
  /** As they are carried out. */
  readonly steps: readonly PlanStep[];
};

export type NewPlanRun = Omit<Request, 'steps'> & {
  /** `left`: why a step is passed over from the beginning; null: it is done. */
  readonly steps: readonly { readonly step: PlanStep; readonly left: string | null }[];
};

export type StepFacts = Pick<PlanRunStep, 'detail' | 'point' | 'restoreRun' | 'given' | 'output' | 'answer'>;

type Change = Omit<InputOf<Aggregates, 'writes', 'planRuns.change'>, 'run'>;
export type StepChange = {
  readonly state?: PlanStepState;
  readonly startedAt?: number | null;
  readonly endedAt?: number | null;
  readonly error?: HoldfastError | null;
} & Partial<StepFacts>;

const noFacts: StepFacts = { detail: null, point: null, restoreRun: null, given: [], output: null, answer: null };
const engineCaller: Caller = { tenant: 'default', actor: 'engine' };

type Working = { job: string | null; pausing: boolean; wake: () => void };

export class PlanBook {
  readonly #catalog: Catalog;
  readonly #engine = randomUUID();
  readonly #nowMs: () => number;
  readonly #onChange: (caller: Caller, run: string) => void;
  readonly #working = new Map<string, Working>();
  #takenOver: Promise<unknown> | null = null;

  /** `onChange` is told after each change of a run or a step of it. */
  constructor(catalog: Catalog, nowMs: () => number, onChange: (caller: Caller, run: string) => void) {
    this.#catalog = catalog;
    this.#nowMs = nowMs;
    this.#onChange = onChange;
  }

  async create(caller: Caller, { steps, ...asked }: NewPlanRun): Promise<PlanRun> {
    await this.#takeOver();
    const run = randomBytes(8).toString('hex');
    const request: Request = { ...asked, steps: steps.map(({ step }) => step) };
    await this.#catalog.write('planRuns.create', caller, {
      run,
      plan: asked.plan.name,
      request: JSON.stringify(request),
      atMs: this.#nowMs(),
      steps: steps.map(({ step, left }) => ({
        step: step.id,
        kind: step.work.kind,
        state: left === null ? ('waiting' as const) : ('skipped' as const),
        facts: JSON.stringify({ ...noFacts, detail: left }),
      })),
    });
    this.#onChange(caller, run);
    return this.get(caller, run);
  }

  /** The one whose id begins so. PLAN_RUN_NOT_FOUND, RUN_AMBIGUOUS. */
  async get(caller: Caller, beginning: string): Promise<PlanRun> {
    await this.#takeOver();
    const [found, second] = await this.#catalog.read('planRuns.find', caller, { beginning });
    if (found === undefined)
      throw new HoldfastError('PLAN_RUN_NOT_FOUND', `No run of a plan begins with ${beginning}.`);
    if (second !== undefined)
      throw new HoldfastError('RUN_AMBIGUOUS', `Several runs of plans begin with ${beginning}.`);
    return present(found);
  }

  async list(
    caller: Caller,
    page: { readonly plan: string | null; readonly before: string | null; readonly limit: number },
  ): Promise<PlanRun[]> {
    await this.#takeOver();
    return (await this.#catalog.read('planRuns.list', caller, page)).map(present);
  }

  async change(caller: Caller, run: string, change: Change): Promise<void> {
    // An engine stands in the row for as long as it works on it, so that the next one knows what was left behind.
    const atWork = change.state !== undefined && (isActive(change.state) || this.#working.has(run));
    const engine = change.state === undefined ? {} : { engine: atWork ? this.#engine : null };
    await this.#catalog.write('planRuns.change', caller, { run, ...engine, ...change });
    this.#onChange(caller, run);
  }

  async changeStep(caller: Caller, run: string, step: string, { error, ...change }: StepChange): Promise<void> {
    const { state, startedAt, endedAt, ...facts } = change;
    const before = (await this.get(caller, run)).steps.find((one) => one.step.id === step);
    const { detail, point, restoreRun, given, output, answer } = { ...noFacts, ...before, ...facts };
    await this.#catalog.write('planRuns.changeStep', caller, {
      run,
      step,
      ...(state === undefined ? {} : { state }),
      ...(startedAt === undefined ? {} : { startedAt }),
      ...(endedAt === undefined ? {} : { endedAt }),
      ...(error === undefined ? {} : { errorCode: error?.code ?? null, errorMessage: error?.message ?? null }),
      facts: JSON.stringify({ detail, point, restoreRun, given, output, answer }),
    });
    this.#onChange(caller, run);
  }

  /** From here to `leave` nobody else works on it. RUN_BUSY. */
  claim(run: string): void {
    if (this.#working.has(run)) throw new HoldfastError('RUN_BUSY', `The run ${run.slice(0, 8)} is at work.`);
    this.#working.set(run, { job: null, pausing: false, wake: () => undefined });
  }

  leave(run: string): void {
    this.#working.delete(run);
  }

  setJob(run: string, job: string): void {
    const working = this.#working.get(run);
    if (working !== undefined) working.job = job;
  }

  isAtWork(run: string): boolean {
    return this.#working.has(run);
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
    working.wake();
    return true;
  }

  isPausing(run: string): boolean {
    return this.#working.get(run)?.pausing ?? false;
  }

  /** Somebody has answered: whoever works on it looks again. */
  wake(run: string): void {
    this.#working.get(run)?.wake();
  }

  /** Resolves with the next `wake`. */
  woken(run: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const working = this.#working.get(run);
    if (working === undefined) resolve();
    else working.wake = resolve;
    return promise;
  }

  nowMs(): number {
    return this.#nowMs();
  }

  /** Once for each engine: what an earlier one was at is interrupted. */
  async #takeOver(): Promise<void> {
    const asking = stepKinds.filter((kind) => stateAfterLoss(kind) === 'interrupted');
    this.#takenOver ??= this.#catalog.write('planRuns.takeOver', engineCaller, { engine: this.#engine, asking });
    try {
      await this.#takenOver;
    } catch (error) {
      this.#takenOver = null;
      throw error;
    }
  }
}

function present({ row, steps }: PlanRunWithSteps): PlanRun {
  const { plan, version, values, atMs, isolation, steps: asked } = JSON.parse(row.request) as Request;
  const { run: id, tenant, actor, state, job } = row;
  return {
    id,
    tenant,
    actor,
    plan,
    version,
    values: { ...values },
    at: timeOf(atMs),
    isolation,
    state,
    pausing: row.pausing === 1,
    steps: asked.flatMap((step) => {
      const own = steps.find((one) => one.step === step.id);
      return own === undefined ? [] : [presentStep(step, own)];
    }),
    job,
    createdAt: new Date(row.createdAt).toISOString(),
    startedAt: timeOf(row.startedAt),
    endedAt: timeOf(row.endedAt),
    error: errorOf(row),
  };
}

function presentStep(step: PlanStep, row: PlanRunStepRow): PlanRunStep {
  const facts = { ...noFacts, ...(JSON.parse(row.facts) as Partial<StepFacts>) };
  const times = { startedAt: timeOf(row.startedAt), endedAt: timeOf(row.endedAt) };
  return { step, state: row.state, ...times, ...facts, error: errorOf(row) };
}

function timeOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

/** A later version may have written a code that this one does not know. */
function errorOf({ errorCode, errorMessage }: Pick<PlanRunRow, 'errorCode' | 'errorMessage'>): ErrorReport | null {
  if (errorCode === null) return null;
  const code = (Object.hasOwn(errorCatalog, errorCode) ? errorCode : 'INTERNAL') as ErrorCode;
  const { meaning, action } = errorCatalog[code];
  return { code, message: errorMessage ?? '', meaning, action };
}
