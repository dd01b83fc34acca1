/** Holds on to what live snapshots need where the store locks files for a time, before their locks end; all by itself. */
import { lockMarginDays, nextLockLookMs, type LockFacts } from '../../../../shared/model/lock-upkeep.ts';
import { toHoldfastError } from '../../../../shared/model/errors.ts';
import { formatCount } from '../../../../shared/model/units.ts';
import { lockMark } from '../../catalog/integrity.ts';
import { nobody } from '../../jobs/voice.ts';
import type { Retention } from '../../repository/backend/backend.ts';
import type { Repository } from '../../repository/repository.ts';
import { extendRetention, type ExtendOutcome } from '../../repository/upkeep/extend-retention.ts';
import { openAccess, repositoryUse } from '../access.ts';
import type { CallContext } from '../context.ts';
import { letGo } from '../let-go.ts';
import { numberSetting } from '../number-setting.ts';
import type { ScrubIfDue } from './scheduled-scrub.ts';

/** A call for each, and one more where its lock is put off: a look costs some cents. */
export const defaultLockFiles = 20_000;
const idleMs = 24 * 3_600_000;

/** Never throws; what fails is tried again later, and told when it goes on failing. `nextMs` is when to look again. */
export async function holdOnIfDue(context: CallContext, request: ScrubIfDue): Promise<{ readonly nextMs: number }> {
  const { nowMs } = request;
  try {
    const repository = await openAccess(context, request.repository);
    const { retention } = repository.backend;
    if (retention === undefined) return { nextMs: nowMs + idleMs };
    const known = await lockFacts(context, repository.config.id);
    if (known !== null && known.days === retention.days && nextLockLookMs(known) > nowMs)
      return { nextMs: nextLockLookMs(known) };
    const facts = await look(context, request, repository, retention, known);
    const mark = { name: lockMark(repository.config.id), value: JSON.stringify(facts) };
    await context.catalog.write('marks.set', context.caller, mark);
    return { nextMs: nextLockLookMs(facts) };
  } catch {
    // Its password has not been entered, or it cannot be reached: which is told of by itself.
    return { nextMs: nowMs + 3_600_000 };
  }
}

/** Null where its place locks nothing, or nobody has looked yet. */
export async function lockFacts({ catalog, caller }: CallContext, repository: string): Promise<LockFacts | null> {
  const value = await catalog.read('marks.get', caller, { name: lockMark(repository) });
  return value === null ? null : (JSON.parse(value) as LockFacts);
}

async function look(
  context: CallContext,
  request: ScrubIfDue,
  repository: Repository,
  { mode, days }: Retention,
  known: LockFacts | null,
): Promise<LockFacts> {
  const lookedAtMs = request.nowMs;
  const base = { mode, days, lookedAtMs };
  try {
    const after = known?.next ?? null;
    const { needed, extended, earliestMs, next } = await runJob(context, request, repository, after);
    // A look that goes on where another has ended knows of both.
    const before = after === null ? null : (known?.untilMs ?? null);
    const untilMs = Math.min(earliestMs ?? Infinity, before ?? Infinity);
    return { ...base, needed, extended, untilMs: untilMs === Infinity ? null : untilMs, next, problem: null };
  } catch (error) {
    const { message } = toHoldfastError(error);
    const { needed = 0, untilMs = null, next = null, problem = null } = known ?? {};
    return {
      ...base,
      needed,
      extended: 0,
      untilMs,
      next,
      problem: { text: message, sinceMs: problem?.sinceMs ?? lookedAtMs },
    };
  }
}

async function runJob(
  context: CallContext,
  { repository: access }: ScrubIfDue,
  repository: Repository,
  after: string | null,
): Promise<ExtendOutcome> {
  const use = await repositoryUse(context, access, 'read');
  const mostFiles = await numberSetting(context, 'locks.files', defaultLockFiles);
  const leftOut = await letGo(context, repository.config.id);
  const job = context.jobs.start(
    { caller: context.caller, kind: 'hold-on', title: use.location, priority: 'background', repository: use },
    nobody,
    (voice) => {
      const marginDays = lockMarginDays(repository.backend.retention?.days ?? 0);
      return extendRetention({ ...voice, repository, marginDays, leftOut, mostFiles, after });
    },
    ({ extended, next }) => ({
      state: 'done',
      summary: `${formatCount(extended)} locks put off${next === null ? '' : '; the rest follows'}.`,
    }),
  );
  return job.result;
}
