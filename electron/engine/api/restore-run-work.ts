/** Working on a restore run: claimed by one at a time, as a job, with its record at the end. */
import type { RestoreRun } from '../../../shared/contract/restore-runs.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { Job } from '../jobs/job.ts';
import type { Voice } from '../jobs/voice.ts';
import type { CallContext } from './context.ts';
import { recordRun } from './evidence/run-evidence.ts';
import { streamJob, type JobSpecification, type OperationEvent } from './stream-job.ts';

/** The run is claimed from here on, also while its job waits, so that whoever stops or pauses it finds that job. */
export async function* workAsJob<Result, Extra extends { readonly type: string } = never>(
  { context, signal }: { readonly context: CallContext; readonly signal: AbortSignal | undefined },
  run: string,
  job: JobSpecification<Result>,
  operation: (voice: Voice<Extra>) => Promise<Result>,
): AsyncGenerator<OperationEvent<Result> | Extra, void> {
  const { runs, caller } = context;
  runs.claim(run);
  let isQueued = false;
  const onQueued = (id: string): void => {
    isQueued = true;
    runs.setJob(run, id);
  };
  const specification = { ...job, onQueued, onOver: () => runs.leave(run) };
  try {
    for await (const event of streamJob<Result, Extra>({ context, signal }, specification, operation)) {
      if (event.type === 'job' && 'job' in event) await runs.change(caller, run, { job: event.job });
      yield event;
    }
  } finally {
    if (!isQueued) runs.leave(run);
  }
}

export async function claimed<Result>(
  { runs }: CallContext,
  run: string,
  work: () => Promise<Result>,
): Promise<Result> {
  runs.claim(run);
  try {
    return await work();
  } finally {
    runs.leave(run);
  }
}

/** Where the work brings the run to an end, that leaves its record. */
export function recorded<Result, Given>(
  context: CallContext,
  run: string,
  work: (voice: Given) => Promise<Result>,
): (voice: Given) => Promise<Result> {
  return async (voice) => {
    try {
      return await work(voice);
    } finally {
      await recordRun(context, run);
    }
  };
}

export async function untilOver({ jobs }: CallContext, job: Job, signal: AbortSignal | undefined): Promise<void> {
  const states = jobs.follow(job, signal);
  while ((await states.next()).done !== true);
}

export function overError(run: RestoreRun): HoldfastError {
  const how = run.closedAt === null ? run.state : 'closed';
  return new HoldfastError('RUN_OVER', `Restore run "${run.title}" is ${how}.`);
}

/** AWS's kit takes a while to load, and is needed by few. */
export const inAws = () => import('./aws-restore-runs.ts');
export const inBuckets = () => import('./bucket-runs.ts');
