import type { Job as JobView } from '../../../shared/contract/jobs.ts';
import { HoldfastError, toHoldfastError } from '../../../shared/model/errors.ts';
import { mayCancel, roleTable } from '../../../shared/model/roles.ts';
import type { Job } from '../jobs/job.ts';
import { presentLine } from '../jobs/job-book.ts';
import { handlers, type CallContext } from './context.ts';

/** Of the jobs that have ended, without `all`. */
const recentJobs = 20;

export const jobsHandlers = {
  list: handlers.jobs.list.handler(async ({ input, context: { jobs, jobBook, caller } }) => {
    const first = input.before === undefined;
    const live = first ? jobs.underWay(caller) : [];
    const limit = input.all ? input.limit : recentJobs;
    try {
      const ended = await jobBook.ended(caller, input.before ?? null, limit + 1);
      return { jobs: [...live, ...ended.slice(0, limit)], more: input.all && ended.length > limit, notice: null };
    } catch (error) {
      const unwritten = first ? jobBook.unwritten(caller).map((job) => job.view()) : [];
      return { jobs: [...live, ...unwritten], more: false, notice: toHoldfastError(error).message };
    }
  }),

  show: handlers.jobs.show.handler(async ({ input, context }) => {
    const found = await findJob(context, input.job);
    return found.live?.view() ?? found.view;
  }),

  log: handlers.jobs.log.handler(async ({ input: { job: id, after, limit }, context }) => {
    const { live } = await findJob(context, id);
    const lines =
      live === null
        ? await context.jobBook.log(context.caller, id, after, limit + 1)
        : live.log.after(after).map(presentLine);
    return { lines: lines.slice(0, limit), more: lines.length > limit };
  }),

  cancel: handlers.jobs.cancel.handler(async ({ input, context }) => {
    const { live, view } = await findJob(context, input.job);
    if (!mayCancel(context.role, view.kind)) {
      const { name } = roleTable[context.role];
      throw new HoldfastError('FORBIDDEN', `This caller is a ${name}, and stops no job of the kind ${view.kind}.`);
    }
    if (live === null) throw new HoldfastError('JOB_OVER', `Job ${view.id.slice(0, 8)} is ${view.state}.`);
    live.cancel(new HoldfastError('CANCELLED', `The job was cancelled by ${context.caller.actor}.`));
    return live.view();
  }),

  follow: handlers.jobs.follow.handler(async function* ({ input, context, signal }) {
    const { live, view } = await findJob(context, input.job);
    if (live === null) yield view;
    else yield* context.jobs.follow(live, signal);
  }),
};

type Found = { readonly live: Job | null; readonly view: JobView };

/** The one job whose id begins so: of those that run, or else in the catalog. JOB_NOT_FOUND, JOB_AMBIGUOUS. */
async function findJob({ jobs, jobBook, caller }: CallContext, beginning: string): Promise<Found> {
  const live = jobs.find(caller, beginning);
  const whole = live.find(({ id }) => id === beginning);
  if (whole !== undefined) return { live: whole, view: whole.view() };
  const kept = [...jobBook.unwritten(caller).filter(({ id }) => id.startsWith(beginning)), ...live];
  const found = new Map<string, Found>(kept.map((job) => [job.id, { live: job, view: job.view() }]));
  for (const view of await jobBook.find(caller, beginning)) {
    if (!found.has(view.id)) found.set(view.id, { live: null, view });
  }
  const [only, second] = [...found.values()];
  if (only === undefined) throw new HoldfastError('JOB_NOT_FOUND', `There is no job ${beginning}.`);
  if (second !== undefined) throw new HoldfastError('JOB_AMBIGUOUS', `Several jobs begin with ${beginning}.`);
  return only;
}
