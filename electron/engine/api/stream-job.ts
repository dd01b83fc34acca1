/** Long operations as jobs and as event streams: what the operation says becomes events, its result the last one. */
import type { Issue, Progress } from '../../../shared/contract/common.ts';
import { HoldfastError, toHoldfastError } from '../../../shared/model/errors.ts';
import type { JobRequest, Verdict } from '../jobs/job.ts';
import type { Listener, Voice } from '../jobs/voice.ts';
import type { CallContext } from './context.ts';

export type OperationEvent<Result> = { type: 'job'; job: string } | AnswerEvent<Result>;

export type AnswerEvent<Result> =
  | { type: 'progress'; progress: Progress }
  | { type: 'issue'; issue: Issue }
  | { type: 'notice'; text: string }
  | { type: 'done'; result: Result };

export type JobSpecification<Result> = Omit<JobRequest, 'caller'> & {
  /** Goes on when the reader leaves. */
  readonly detach: boolean;
  /** What the result means. */
  readonly judge: (result: Result) => Verdict;
  /** Told at once, also where it has to wait. */
  readonly onQueued?: (job: string) => void;
  /** Told when it is over, also where it never began. */
  readonly onOver?: () => void;
};

type Call = {
  readonly context: Pick<CallContext, 'caller' | 'jobs' | 'stays'>;
  readonly signal?: AbortSignal | undefined;
};

/** Events that wait for a slow reader; of what would come on top, issues and notices are in the job's log. */
const maxWaitingEvents = 10_000;
/** Of events of an operation's own kind, which may be large: beyond it the operation waits for the reader. */
const maxWaitingExtras = 16;

/**
 * Runs the operation as a job and yields what it says, its id first. A reader that is slower than the operation gets only
 * the latest progress. When the reader leaves early, or the call's signal fires, the job is asked to stop and waited
 * for, unless it was started to go on. NO_ENGINE_STAYS.
 */
export async function* streamJob<Result, Extra = never>(
  { context, signal }: Call,
  { detach, judge, onQueued, onOver, ...request }: JobSpecification<Result>,
  operation: (voice: Voice<Extra>) => Promise<Result>,
): AsyncGenerator<OperationEvent<Result> | Extra, void> {
  signal?.throwIfAborted();
  if (detach && !context.stays) {
    throw new HoldfastError('NO_ENGINE_STAYS', 'No engine is served here that could go on with it.');
  }
  const mailbox = new Mailbox<Result, Extra>();
  const job = context.jobs.start({ ...request, caller: context.caller }, mailbox, operation, judge);
  onQueued?.(job.id);
  const onAbort = (): void => {
    if (detach) mailbox.close();
    else job.cancel(toHoldfastError(signal?.reason));
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  const over = (): void => {
    mailbox.close();
    onOver?.();
  };
  void job.result.then(over, over);
  let ended = false;
  try {
    yield { type: 'job', job: job.id };
    yield* mailbox.events();
    if (detach && signal?.aborted === true) return;
    ended = true;
    yield { type: 'done', result: await job.result };
  } finally {
    signal?.removeEventListener('abort', onAbort);
    mailbox.close();
    job.leave();
    if (!detach) {
      if (!ended) job.cancel(new HoldfastError('CANCELLED', 'Whoever asked for it has gone.'));
      await job.result.catch(() => undefined);
    }
  }
}

/**
 * As `streamJob` for a question that is answered in pieces: nothing to look up later, so it is no job. It is stopped and
 * waited for when the reader leaves.
 */
export async function* streamAnswer<Result, Extra = never>(
  signal: AbortSignal | undefined,
  operation: (voice: Voice<Extra>) => Promise<Result>,
): AsyncGenerator<AnswerEvent<Result> | Extra, void> {
  const mailbox = new Mailbox<Result, Extra>();
  const leave = new AbortController();
  const stop = signal === undefined ? leave.signal : AbortSignal.any([signal, leave.signal]);
  const answer = operation({
    signal: stop,
    onProgress: (progress) => mailbox.onProgress(progress),
    onIssue: (issue) => mailbox.onIssue(issue),
    onNotice: (text) => mailbox.onNotice(text),
    say: (event) => mailbox.say(event),
    claim: () => Promise.resolve(),
    log: () => undefined,
  }).finally(() => mailbox.close());
  answer.catch(() => undefined);
  try {
    yield* mailbox.events();
    yield { type: 'done', result: await answer };
  } finally {
    mailbox.close();
    leave.abort();
    await answer.catch(() => undefined);
  }
}

/** What an operation has said and the reader has not taken yet. */
class Mailbox<Result, Extra> implements Listener<Extra> {
  #events: (AnswerEvent<Result> | Extra)[] = [];
  #progress: Progress | null = null;
  #wake = Promise.withResolvers<void>();
  #room = Promise.withResolvers<void>();
  #extras = 0;
  #closed = false;

  onProgress(progress: Progress): void {
    this.#progress = progress;
    this.#wake.resolve();
  }

  onIssue(issue: Issue): void {
    this.#push({ type: 'issue', issue });
  }

  onNotice(text: string): void {
    this.#push({ type: 'notice', text });
  }

  async say(event: Extra): Promise<void> {
    this.#events.push(event);
    this.#extras += 1;
    this.#wake.resolve();
    if (this.#extras >= maxWaitingExtras && !this.#closed) await this.#room.promise;
  }

  /** Nothing more is said, or nobody listens any more. */
  close(): void {
    this.#closed = true;
    this.#wake.resolve();
    this.#room.resolve();
  }

  /** Until it is closed and empty. */
  async *events(): AsyncGenerator<AnswerEvent<Result> | Extra, void> {
    for (;;) {
      if (!this.#closed) await this.#wake.promise;
      this.#wake = Promise.withResolvers<void>();
      const closed = this.#closed;
      const extras = this.#extras;
      yield* this.#events.splice(0);
      // Only now have they been taken.
      this.#extras -= extras;
      this.#room.resolve();
      if (!this.#closed) this.#room = Promise.withResolvers<void>();
      const progress: Progress | null = this.#progress;
      this.#progress = null;
      if (progress !== null) yield { type: 'progress', progress };
      if (closed && this.#events.length === 0) return;
    }
  }

  #push(event: AnswerEvent<Result>): void {
    if (this.#events.length < maxWaitingEvents) this.#events.push(event);
    this.#wake.resolve();
  }
}
