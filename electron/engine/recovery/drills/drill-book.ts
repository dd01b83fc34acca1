/** Drills as they stand in the catalog. What a drill makes is noted before it is made. */
import { randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Caller, Issue } from '../../../../shared/contract/common.ts';
import { issueSchema } from '../../../../shared/contract/common.ts';
import type { Drill, DrillCheck, DrillStep } from '../../../../shared/contract/drills.ts';
import { drillCheckSchema, drillStepSchema } from '../../../../shared/contract/drills.ts';
import {
  drillPlaces,
  rtoOf,
  type DrillFact,
  type DrillPlace,
  type DrillState,
} from '../../../../shared/model/drills.ts';
import { errorCatalog, HoldfastError, type ErrorCode } from '../../../../shared/model/errors.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { DrillChange, DrillRow } from '../../catalog/drills.ts';
import type { Rehearsal, Said } from './rehearsal.ts';

const reportSchema = z.object({
  place: z.enum(drillPlaces).default('folder'),
  steps: z.array(drillStepSchema).default([]),
  checks: z.array(drillCheckSchema).default([]),
  issues: z.array(issueSchema).default([]),
  issueCount: z.number().default(0),
});
type Report = z.infer<typeof reportSchema>;

const placeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('folder'), root: z.string() }),
  z.object({
    kind: z.literal('bucket'),
    bucket: z.string(),
    account: z.string().nullable(),
    region: z.string().nullable(),
    endpoint: z.string().nullable(),
  }),
  z.object({ kind: z.literal('instance'), run: z.string(), account: z.string().nullable() }),
]);
/** Where something was made, as much of it as is needed to take it away. No secret is in it. */
export type MadePlace = z.infer<typeof placeSchema>;
export type LeftPlace = { readonly id: number; readonly drill: string; readonly place: MadePlace };

export type NewDrill = Pick<Drill, 'source' | 'kind' | 'how' | 'repository' | 'snapshot' | 'rtoMs' | 'place'> & {
  readonly takenAtMs: number | null;
  readonly startedAtMs?: number;
};

/** How it ended. */
export type Ending = {
  readonly state: DrillState;
  readonly rehearsal: Rehearsal | null;
  readonly error: HoldfastError | null;
  readonly evidence?: string | null;
};

const keptIssues = 200;

export class DrillBook {
  readonly #catalog: Catalog;
  readonly #nowMs: () => number;
  readonly #engine = randomUUID();
  readonly #takenOver = new Map<string, Promise<unknown>>();
  /** Of drills at work, by id. */
  readonly #reports = new Map<string, Report>();

  constructor(catalog: Catalog, nowMs: () => number) {
    this.#catalog = catalog;
    this.#nowMs = nowMs;
  }

  async begin(caller: Caller, { place, repository, startedAtMs, ...drill }: NewDrill): Promise<string> {
    await this.takeOver(caller);
    const id = randomBytes(8).toString('hex');
    const report = reportSchema.parse({ place });
    this.#reports.set(id, report);
    await this.#catalog.write('drills.begin', caller, {
      ...drill,
      drill: id,
      repository: repository.id,
      location: repository.location,
      startedAtMs: startedAtMs ?? this.#nowMs(),
      engine: this.#engine,
      report: JSON.stringify(report),
    });
    return id;
  }

  /** Written down as begun before, and as ended after. */
  async step<Result>(
    caller: Caller,
    drill: string,
    { id, title }: Pick<DrillStep, 'id' | 'title'>,
    work: () => Promise<Said<Result>>,
  ): Promise<Result> {
    const step: DrillStep = { id, title, startedAt: this.#time(), endedAt: null, detail: null };
    const report = await this.#report(caller, drill);
    report.steps.push(step);
    await this.#write(caller, drill, report);
    try {
      const { result, detail } = await work();
      step.detail = detail;
      return result;
    } catch (error) {
      step.detail = error instanceof Error ? error.message : String(error);
      throw error;
    } finally {
      step.endedAt = this.#time();
      await this.#write(caller, drill, report);
    }
  }

  note(caller: Caller, drill: string, place: MadePlace): Promise<number> {
    return this.#catalog.write('drills.note', caller, { drill, place: JSON.stringify(place), atMs: this.#nowMs() });
  }

  gone(caller: Caller, id: number): Promise<void> {
    return this.#catalog.write('drills.gone', caller, { id, atMs: this.#nowMs() });
  }

  /** Of one drill, or of all that are over. */
  async left(caller: Caller, drill: string | null): Promise<LeftPlace[]> {
    // Whatever waits for a person for very long is given up then.
    if (drill === null) this.#takenOver.delete(caller.tenant);
    await this.takeOver(caller);
    const rows = await this.#catalog.read('drills.left', caller, { drill });
    return rows
      .filter(({ isRunning }) => drill !== null || isRunning === 0)
      .map(({ id, drill: of, place }) => ({ id, drill: of, place: placeSchema.parse(JSON.parse(place)) }));
  }

  async change(caller: Caller, drill: string, change: DrillChange): Promise<void> {
    await this.#catalog.write('drills.change', caller, { drill, change });
  }

  async addSteps(caller: Caller, drill: string, steps: readonly DrillStep[]): Promise<void> {
    const report = await this.#report(caller, drill);
    report.steps.push(...steps);
    await this.#write(caller, drill, report);
  }

  async addChecks(
    caller: Caller,
    drill: string,
    checks: readonly DrillCheck[],
    issues: readonly Issue[],
  ): Promise<void> {
    const report = await this.#report(caller, drill);
    report.checks.push(...checks);
    report.issues.push(...issues.slice(0, keptIssues));
    report.issueCount += issues.length;
    await this.#write(caller, drill, report);
  }

  async end(caller: Caller, drill: string, { state, rehearsal, error, evidence = null }: Ending): Promise<Drill> {
    const chosen = rehearsal?.chosen;
    await this.change(caller, drill, {
      state,
      engine: null,
      endedAtMs: this.#nowMs(),
      errorCode: error?.code ?? null,
      errorMessage: error?.message ?? null,
      evidence,
      ...(rehearsal === null ? {} : { restoreMs: Math.round(rehearsal.restoreMs) }),
      ...(chosen === undefined
        ? {}
        : {
            ringFrom: chosen.stretch?.from ?? null,
            ringTo: chosen.stretch?.to ?? null,
            isWhole: chosen.isWhole ? 1 : 0,
            items: chosen.count,
            bytes: chosen.bytes,
            wholeItems: chosen.total.items,
            wholeBytes: chosen.total.bytes,
          }),
    });
    this.#reports.delete(drill);
    const ended = await this.get(caller, drill);
    if (rehearsal !== null && state === 'passed') await this.#noteSpeed(caller, ended.repository.id, rehearsal);
    return ended;
  }

  /** What the next restore from there is expected to take goes by it. */
  async #noteSpeed(caller: Caller, repository: string, { chosen, restoreMs }: Rehearsal): Promise<void> {
    const sample = { repository, work: 'drill' as const, bytes: chosen.bytes, durationMs: restoreMs };
    await this.#catalog.write('placeSpeeds.note', caller, { ...sample, atMs: this.#nowMs() }).catch(() => undefined);
  }

  async get(caller: Caller, beginning: string): Promise<Drill> {
    await this.takeOver(caller);
    const [found, second] = await this.#catalog.read('drills.find', caller, { beginning });
    if (found === undefined) throw new HoldfastError('DRILL_NOT_FOUND', `There is no drill ${beginning}.`);
    if (second !== undefined) throw new HoldfastError('DRILL_NOT_FOUND', `Several drills begin with ${beginning}.`);
    return this.present(caller, found);
  }

  /** With what of it is still there. */
  async present(caller: Caller, row: DrillRow): Promise<Drill> {
    const left = await this.#catalog.read('drills.left', caller, { drill: row.drill });
    return presentDrill(row, left.length);
  }

  /** Once for each tenant: what an earlier engine was at is interrupted. */
  async takeOver(caller: Caller): Promise<void> {
    const { tenant } = caller;
    const taken = this.#takenOver.get(tenant);
    const input = { engine: this.#engine, atMs: this.#nowMs() };
    const taking = taken ?? this.#catalog.write('drills.takeOver', caller, input);
    this.#takenOver.set(tenant, taking);
    try {
      await taking;
    } catch (error) {
      this.#takenOver.delete(tenant);
      throw error;
    }
  }

  async #report(caller: Caller, drill: string): Promise<Report> {
    const known = this.#reports.get(drill);
    if (known !== undefined) return known;
    const [row] = await this.#catalog.read('drills.find', caller, { beginning: drill });
    const report = reportOf(row?.report ?? '{}');
    this.#reports.set(drill, report);
    return report;
  }

  #write(caller: Caller, drill: string, report: Report): Promise<void> {
    return this.change(caller, drill, { report: JSON.stringify(report) });
  }

  #time(): string {
    return new Date(this.#nowMs()).toISOString();
  }
}

function reportOf(text: string): Report {
  return reportSchema.catch(reportSchema.parse({})).parse(JSON.parse(text));
}

export function factOf(row: DrillRow): DrillFact {
  const { state, startedAtMs, isWhole, bytes, wholeBytes, restoreMs, ringFrom, ringTo } = row;
  const stretch = ringFrom === null || ringTo === null ? null : { from: ringFrom, to: ringTo };
  return { state, startedAtMs, isWhole: isWhole === 1, bytes, wholeBytes, restoreMs, stretch };
}

/** A sentence of the catalog of errors with the code, as of a restore run. */
function errorOf({ errorCode, errorMessage }: DrillRow): Drill['error'] {
  if (errorCode === null) return null;
  const code = (Object.hasOwn(errorCatalog, errorCode) ? errorCode : 'INTERNAL') as ErrorCode;
  const { meaning, action } = errorCatalog[code];
  return { code, message: errorMessage ?? '', meaning, action };
}

export function presentDrill(row: DrillRow, left: number): Drill {
  const { place, steps, checks, issues, issueCount } = reportOf(row.report);
  const time = (ms: number): string => new Date(ms).toISOString();
  return {
    id: row.drill,
    actor: row.actor,
    source: row.source,
    kind: row.kind,
    how: row.how as Drill['how'],
    place: place satisfies DrillPlace,
    state: row.state,
    repository: { id: row.repository, location: row.location },
    snapshot: row.snapshot,
    takenAt: row.takenAtMs === null ? null : time(row.takenAtMs),
    startedAt: time(row.startedAtMs),
    endedAt: row.endedAtMs === null ? null : time(row.endedAtMs),
    isWhole: row.isWhole === 1,
    items: row.items,
    bytes: row.bytes,
    wholeItems: row.wholeItems,
    wholeBytes: row.wholeBytes,
    restoreMs: row.restoreMs,
    humanMs: row.humanMs,
    rto: rtoOf([factOf(row)]),
    rtoMs: row.rtoMs,
    steps,
    checks,
    issues,
    issueCount,
    left,
    run: row.run,
    evidence: row.evidence,
    error: errorOf(row),
  };
}
