/** Long operations as jobs: what the operation says becomes events of a stream, its result the last one. */
import { HoldfastError, toHoldfastError } from '../../../shared/model/errors.ts';
import type { JobRequest, Verdict } from '../jobs/job.ts';
import type { CallContext } from './context.ts';
import { Mailbox, type OperationEvent, type OperationVoice } from './operation.ts';

/** A job's events: its id, then what the operation says. */
export type JobEvent<Result> = { type: 'job'; job: string } | OperationEvent<Result>;

export type JobSpecification<Result> = Omit<JobRequest, 'caller'> & {
  /** Goes on when the reader leaves. */
  readonly detach: boolean;
  /** What the result means. */
  readonly judge: (result: Result) => Verdict;
};

type Call = { readonly context: CallContext; readonly signal?: AbortSignal | undefined };

/**
 * Runs the operation as a job and yields what it says, its id first. A reader that is slower than the operation gets only
 * the latest progress. When the reader leaves early, or the call's signal fires, the job is asked to stop and waited
 * for, unless it was started to go on. NO_ENGINE_STAYS.
 */
export async function* streamJob<Result, Extra = never>(
  { context, signal }: Call,
  { detach, judge, ...request }: JobSpecification<Result>,
  operation: (voice: OperationVoice<Extra>) => Promise<Result>,
): AsyncGenerator<JobEvent<Result> | Extra, void> {
  signal?.throwIfAborted();
  if (detach && !context.stays) {
    throw new HoldfastError('NO_ENGINE_STAYS', 'No engine is served here that could go on with it.');
  }
  const mailbox = new Mailbox<Result, Extra>();
  const job = context.jobs.start({ ...request, caller: context.caller }, mailbox, operation, judge);
  const onAbort = (): void => {
    if (detach) mailbox.close();
    else job.cancel(toHoldfastError(signal?.reason));
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  void job.result.then(
    () => mailbox.close(),
    () => mailbox.close(),
  );
  let ended = false;
  try {
    yield { type: 'job', job: job.id };
    yield* mailbox.events();
    if (detach && signal?.aborted === true) return;
    ended = true;
    yield { type: 'done', result: await job.result };
  } finally {
    signal?.removeEventListener('abort', onAbort);
    job.leave();
    if (!detach) {
      if (!ended) job.cancel(new HoldfastError('CANCELLED', 'Whoever asked for it has gone.'));
      await job.result.catch(() => undefined);
    }
  }
}
