/** Runs jobs: as many at a time as the limits allow, each to its end, each written down in the book. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Caller } from '../../../shared/contract/common.ts';
import type { Job as JobView } from '../../../shared/contract/jobs.ts';
import { throwIfCancelled, toHoldfastError, type HoldfastError } from '../../../shared/model/errors.ts';
import { isOver } from '../../../shared/model/job-states.ts';
import type { JobBook } from './job-book.ts';
import { Job, type Clock, type JobRequest, type Verdict } from './job.ts';
import { blockerOf, inOrder, type Demand, type Limits } from './limits.ts';
import { nobody, type Listener, type Voice } from './voice.ts';

export type RunnerOptions = {
  readonly book: JobBook;
  readonly clock: Clock;
  readonly limits: Limits;
  /** Told whenever anything about a job has changed, as often as that is. */
  readonly onChange?: (job: Job) => void;
};

/** A job as whoever started it holds it. */
export interface StartedJob<Result> {
  readonly id: string;
  /** What the operation returns or throws. */
  readonly result: Promise<Result>;
  /** Asks it to stop. */
  cancel(reason: HoldfastError): void;
  /** It goes on, and tells nobody any more. */
  leave(): void;
}

/** A job that is at work and has come to need a repository. */
type Claim = { readonly job: Job; readonly repository: Demand['repository']; readonly given: () => void };

/** What is needed, and by whom. */
type Needed = Demand & { readonly job: Job };

const followEveryMs = 250;

export class JobRunner {
  readonly #options: RunnerOptions;
  #waiting: Job[] = [];
  #claims: Claim[] = [];
  readonly #running = new Map<Job, Promise<void>>();
  readonly #notices = new WeakMap<Job, (text: string) => void>();
  readonly #watchers = new Map<string, Set<() => void>>();
  #stopped: HoldfastError | null = null;

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  /** Starts the operation as soon as the limits allow. `judge` says what its result means. */
  start<Result, Extra>(
    request: JobRequest,
    listener: Listener<Extra>,
    operation: (voice: Voice<Extra>) => Promise<Result>,
    judge: (result: Result) => Verdict,
  ): StartedJob<Result> {
    if (this.#stopped !== null) throw this.#stopped;
    const outcome = Promise.withResolvers<Result>();
    // Whoever has left does not ask how it ended.
    outcome.promise.catch(() => undefined);
    let ears = listener;
    const work = async (signal: AbortSignal): Promise<Verdict> => {
      const result = await operation(this.#voice(job, signal, () => ears));
      const verdict = judge(result);
      outcome.resolve(result);
      return verdict;
    };
    const reporting = (signal: AbortSignal): Promise<Verdict> =>
      work(signal).catch((error: unknown) => {
        outcome.reject(error);
        throw error;
      });
    const job = new Job(request, this.#options.clock, reporting, (changed) => this.#changed(changed));
    job.signal.addEventListener('abort', () => {
      if (job.state === 'queued') outcome.reject(job.signal.reason);
    });
    this.#notices.set(job, (text) => ears.onNotice(text));
    this.#waiting.push(job);
    this.#changed(job);
    this.#startWaiting();
    return {
      id: job.id,
      result: outcome.promise,
      cancel: (reason) => void job.cancel(reason),
      leave: () => {
        ears = nobody;
      },
    };
  }

  get isWorking(): boolean {
    return this.#running.size > 0 || this.#waiting.length > 0;
  }

  /** What has not ended, in the order in which it runs. Copies. */
  underWay({ tenant }: Caller): JobView[] {
    return this.#live(tenant).map((job) => job.view());
  }

  /** Jobs that have not ended and whose id begins so. */
  find({ tenant }: Caller, beginning: string): Job[] {
    return this.#live(tenant).filter(({ id }) => id.startsWith(beginning));
  }

  /** The job now and each time it has changed, until it has ended or `signal` fires. Copies. */
  async *follow(job: Job, signal: AbortSignal | undefined): AsyncGenerator<JobView, void> {
    const watchers = this.#watchers.get(job.id) ?? new Set();
    this.#watchers.set(job.id, watchers);
    let changed = Promise.withResolvers<void>();
    const wake = (): void => changed.resolve();
    watchers.add(wake);
    signal?.addEventListener('abort', wake);
    try {
      for (;;) {
        changed = Promise.withResolvers<void>();
        yield job.view();
        if (isOver(job.state)) return;
        await changed.promise;
        signal?.throwIfAborted();
        if (!isOver(job.state)) await sleep(followEveryMs);
      }
    } finally {
      signal?.removeEventListener('abort', wake);
      watchers.delete(wake);
      if (watchers.size === 0) this.#watchers.delete(job.id);
    }
  }

  /** Whether something waits that needs a repository for itself alone which this job works on. */
  standsInTheWay(id: string): boolean {
    const own = [...this.#running.keys()].find((job) => job.id === id);
    if (own === undefined) return false;
    const locations = new Set([...own.alsoReads, ...(own.repository === null ? [] : [own.repository.location])]);
    const claimed = this.#claims.map(({ repository }) => repository);
    return [...this.#waiting.map(({ repository }) => repository), ...claimed].some(
      (repository) => repository?.use === 'exclusive' && locations.has(repository.location),
    );
  }

  /** Resolves when nothing runs or waits any more. */
  async whenIdle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  /** Takes no further jobs, asks all to stop, and waits for them. */
  async stop(reason: HoldfastError): Promise<void> {
    this.#stopped = reason;
    for (const job of [...this.#waiting, ...this.#running.keys()]) job.cancel(reason);
    await this.whenIdle();
  }

  #live(tenant: string): Job[] {
    return [...this.#running.keys(), ...inOrder(this.#waiting)].filter(
      ({ request }) => request.caller.tenant === tenant,
    );
  }

  #voice<Extra>(job: Job, signal: AbortSignal, ears: () => Listener<Extra>): Voice<Extra> {
    return {
      signal,
      onProgress: (progress) => {
        job.meter.update(progress);
        this.#options.book.note(job);
        this.#tellWatchers(job);
        ears().onProgress(progress);
      },
      onIssue: (issue) => {
        job.log.add({ level: 'warning', message: issue.message, path: issue.path, code: issue.code });
        this.#options.book.note(job);
        ears().onIssue(issue);
      },
      onNotice: (text) => {
        job.log.add({ level: 'info', message: text });
        this.#options.book.note(job);
        ears().onNotice(text);
      },
      say: (event) => ears().say(event),
      claim: (repository) => this.#claim(job, repository),
      log: (text) => {
        job.log.add({ level: 'info', message: text });
        this.#options.book.note(job);
      },
    };
  }

  #changed(job: Job): void {
    this.#options.book.note(job, 'now');
    this.#tellWatchers(job);
    if (!isOver(job.state) || !this.#waiting.includes(job)) return;
    this.#waiting = this.#waiting.filter((waiting) => waiting !== job);
    this.#startWaiting();
  }

  async #claim(job: Job, repository: Demand['repository']): Promise<void> {
    throwIfCancelled(job.signal);
    const { location, use } = job.repository ?? {};
    if (repository === null || (location === repository.location && use === repository.use)) return;
    const given = Promise.withResolvers<void>();
    const claim: Claim = { job, repository, given: given.resolve };
    const giveUp = (): void => {
      this.#claims = this.#claims.filter((one) => one !== claim);
      given.reject(toHoldfastError(job.signal.reason));
      this.#startWaiting();
    };
    job.signal.addEventListener('abort', giveUp, { once: true });
    this.#claims.push(claim);
    this.#startWaiting();
    try {
      await given.promise;
    } finally {
      job.signal.removeEventListener('abort', giveUp);
    }
  }

  #startWaiting(): void {
    // Those at work come first: others wait for what they hold already.
    const ahead = this.#giveClaimed();
    for (const job of inOrder(this.#waiting)) {
      const blocker = blockerOf<Needed>(job, this.#needed(), ahead, this.#options.limits);
      if (blocker === null) {
        this.#run(job);
        continue;
      }
      ahead.push(neededBy(job));
      this.#tellWait(job, blocker.job);
    }
  }

  /** What of the claims has to wait. */
  #giveClaimed(): Needed[] {
    const ahead: Needed[] = [];
    for (const claim of this.#claims) {
      const { job, repository } = claim;
      // It has its place among those that run.
      const demand: Needed = { job, repository, priority: 'urgent' };
      const others = this.#needed().filter((other) => other.job !== job);
      const blocker = blockerOf<Needed>(demand, others, ahead, this.#options.limits);
      if (blocker === null) {
        this.#claims = this.#claims.filter((one) => one !== claim);
        job.give(repository);
        claim.given();
        continue;
      }
      ahead.push(demand);
      this.#tellWait(job, blocker.job);
    }
    return ahead;
  }

  #needed(): Needed[] {
    return [...this.#running.keys()].map(neededBy);
  }

  #tellWait(job: Job, blocker: Job): void {
    const reason = job.waitFor(blocker);
    if (reason !== null) this.#notices.get(job)?.(reason);
  }

  #run(job: Job): void {
    this.#waiting = this.#waiting.filter((waiting) => waiting !== job);
    const running = Promise.resolve()
      .then(() => job.run())
      .finally(() => {
        this.#running.delete(job);
        this.#startWaiting();
      });
    this.#running.set(job, running);
  }

  #tellWatchers(job: Job): void {
    this.#options.onChange?.(job);
    for (const wake of this.#watchers.get(job.id) ?? []) wake();
  }
}

function neededBy(job: Job): Needed {
  const { priority, repository, mirrors, alsoReads, takesNoPlace, comesFirst } = job;
  return { job, priority, repository, mirrors, alsoReads, takesNoPlace, comesFirst };
}
