/** One job, from the moment it was asked for until it has ended. */
import { randomBytes } from 'node:crypto';
import type { Caller } from '../../../shared/contract/common.ts';
import type { Job as JobView } from '../../../shared/contract/jobs.ts';
import { isOver, type EndState, type JobState } from '../../../shared/model/job-states.ts';
import { reportError, toHoldfastError, type HoldfastError } from '../../../shared/model/errors.ts';
import { JobLog } from './job-log.ts';
import type { Demand } from './limits.ts';
import { ProgressMeter } from './progress-meter.ts';

export type JobRequest = Demand & {
  readonly caller: Caller;
  /** `protect`, `restore`, … */
  readonly kind: string;
  /** To what, in words: `/srv, /home`. */
  readonly title: string;
  /** Id of the restore run it works on. */
  readonly run?: string;
};

/** What came of an operation that did not throw. */
export type Verdict = { readonly state: 'done' | 'partial' | 'failed'; readonly summary: string | null };

export type Clock = { readonly nowMs: () => number; readonly monotonicMs: () => number };

export class Job implements Demand {
  readonly id = randomBytes(8).toString('hex');
  readonly request: JobRequest;
  readonly log: JobLog;
  readonly meter: ProgressMeter;
  readonly #clock: Clock;
  readonly #abort = new AbortController();
  readonly #work: (signal: AbortSignal) => Promise<Verdict>;
  readonly #onChange: (job: Job) => void;
  readonly #queuedAtMs: number;
  #startedAtMs: number | null = null;
  #endedAtMs: number | null = null;
  #state: JobState = 'queued';
  #summary: string | null = null;
  #error: HoldfastError | null = null;
  #waitsFor: string | null = null;
  #repository: Demand['repository'];

  constructor(
    request: JobRequest,
    clock: Clock,
    work: (signal: AbortSignal) => Promise<Verdict>,
    onChange: (job: Job) => void,
  ) {
    this.request = request;
    this.#repository = request.repository;
    this.#clock = clock;
    this.#work = work;
    this.#onChange = onChange;
    this.#queuedAtMs = clock.nowMs();
    this.log = new JobLog(clock.nowMs);
    this.meter = new ProgressMeter(clock.monotonicMs, clock.nowMs);
  }

  get priority(): Demand['priority'] {
    return this.request.priority;
  }

  /** That of the request, until it was given another. */
  get repository(): Demand['repository'] {
    return this.#repository;
  }

  get mirrors(): readonly string[] {
    return this.request.mirrors ?? [];
  }

  get alsoReads(): readonly string[] {
    return this.request.alsoReads ?? [];
  }

  get takesNoPlace(): boolean {
    return this.request.takesNoPlace === true;
  }

  get comesFirst(): boolean {
    return this.request.comesFirst === true;
  }

  get state(): JobState {
    return this.#state;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** In words, for somebody who waits for it. */
  get name(): string {
    return `${this.request.kind} of ${this.request.title} (job ${this.id.slice(0, 8)})`;
  }

  /** Says once what keeps it waiting. */
  waitFor(other: Job): string | null {
    const { tenant, actor } = other.request.caller;
    // What another tenant does is nobody's to know.
    const isOwn = tenant === this.request.caller.tenant;
    const reason = isOwn ? `Waits for the ${other.name}, by ${actor}.` : 'Waits for other work on this machine.';
    if (this.#waitsFor === reason) return null;
    this.#waitsFor = reason;
    this.log.add({ level: 'info', message: reason });
    this.#onChange(this);
    return reason;
  }

  /** What it has waited for in the middle of its work. */
  give(repository: Demand['repository']): void {
    this.#repository = repository;
    if (this.#waitsFor === null) return;
    this.#waitsFor = null;
    this.#onChange(this);
  }

  /** Works until the end, whatever that is. Never rejects. */
  async run(): Promise<void> {
    if (isOver(this.#state)) return;
    this.#startedAtMs = this.#clock.nowMs();
    this.#waitsFor = null;
    this.#enter('running');
    try {
      const { state, summary } = await this.#work(this.#abort.signal);
      this.#summary = summary;
      this.#end(state, null);
    } catch (error) {
      this.#end(this.#abort.signal.aborted ? this.#endAsAsked() : 'failed', toHoldfastError(error));
    }
  }

  /** Asks it to stop. False when there is nothing to stop, or it has been asked already. */
  cancel(reason: HoldfastError): boolean {
    if (this.#abort.signal.aborted || isOver(this.#state)) return false;
    this.#abort.abort(reason);
    this.log.add({ level: 'info', message: reason.message });
    if (this.#state === 'running') this.#enter('cancelling');
    else this.#end(this.#endAsAsked(), reason);
    return true;
  }

  /** A copy. */
  view(): JobView {
    const { caller, kind, title, priority, run } = this.request;
    const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
    return {
      id: this.id,
      kind,
      title,
      state: this.#state,
      priority,
      ...(run !== undefined && { run }),
      ...caller,
      queuedAt: new Date(this.#queuedAtMs).toISOString(),
      startedAt: time(this.#startedAtMs),
      endedAt: time(this.#endedAtMs),
      progress: this.meter.view(),
      waitsFor: this.#waitsFor,
      summary: this.#summary,
      error: this.#error === null ? null : reportError(this.#error),
    };
  }

  #endAsAsked(): EndState {
    const { code } = toHoldfastError(this.#abort.signal.reason);
    return code === 'ENGINE_STOPPED' ? 'interrupted' : 'cancelled';
  }

  #end(state: EndState, error: HoldfastError | null): void {
    this.#endedAtMs = this.#clock.nowMs();
    this.#waitsFor = null;
    this.#error = error;
    this.meter.end();
    const message = error?.message ?? this.#summary ?? `It is ${state}.`;
    const level = state === 'done' ? 'info' : state === 'failed' ? 'error' : 'warning';
    this.log.end({ level, message, ...(error === null ? {} : { code: error.code }) });
    this.#enter(state);
  }

  #enter(state: JobState): void {
    this.#state = state;
    this.#onChange(this);
  }
}
