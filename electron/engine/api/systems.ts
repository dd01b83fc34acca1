import { systemIdSchema } from '../../../shared/contract/systems.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { SystemRow } from '../catalog/system-snapshots.ts';
import { handlers, type CallContext } from './context.ts';
import { isoTime, presentSystem } from './present-system.ts';
import { takeSystem } from './system-run.ts';

export const systemsHandlers = {
  take: handlers.systems.take.handler(({ input, context, signal }) => takeSystem(context, input, signal)),
  list: handlers.systems.list.handler(async ({ input: { before, job = null, limit }, context }) => {
    const beforeMs = before === undefined ? Number.MAX_SAFE_INTEGER : Date.parse(before);
    const query = { beforeMs, job, limit: limit + 1 };
    const rows = await context.catalog.read('systemSnapshots.list', context.caller, query);
    const isWorking = jobsUnderWay(context);
    const page = rows.slice(0, limit);
    const systems = page.filter(isOurs).map((row) => presentSystem(row, isWorking(row)));
    const more = rows.length > limit;
    const last = page.at(-1);
    return { systems, more, older: more && last !== undefined ? isoTime(last.begunAtMs) : null };
  }),
  show: handlers.systems.show.handler(async ({ input: { system }, context }) => {
    const rows = await context.catalog.read('systemSnapshots.matching', context.caller, { beginning: system });
    const [row, second] = rows.filter(isOurs);
    if (row === undefined) throw new HoldfastError('SYSTEM_UNKNOWN', `No system snapshot begins with ${system}.`);
    if (second !== undefined)
      throw new HoldfastError('SYSTEM_AMBIGUOUS', `Several system snapshots begin with ${system}.`);
    return presentSystem(row, jobsUnderWay(context)(row));
  }),
};

/** Whoever writes to a repository can state anything in it. */
function isOurs({ system }: SystemRow): boolean {
  return systemIdSchema.safeParse(system).success;
}

function jobsUnderWay({ jobs, caller }: CallContext): (row: SystemRow) => boolean {
  const ids = new Set(jobs.underWay(caller).map(({ id }) => id));
  return ({ job }) => job !== null && ids.has(job);
}
