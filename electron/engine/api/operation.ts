/** Operations as event streams: what the operation says becomes events, its result the last one. */
import type { Issue, Progress } from '../../../shared/contract/common.ts';
import type { Listener, Voice } from '../jobs/voice.ts';

export type OperationEvent<Result> =
  | { type: 'progress'; progress: Progress }
  | { type: 'issue'; issue: Issue }
  | { type: 'notice'; text: string }
  | { type: 'done'; result: Result };

/** How an operation speaks while it runs. */
export type OperationVoice<Extra> = Voice<Extra>;

/** Events that wait for a slow reader; what would come on top is counted in the progress and named in the result. */
const maxWaitingEvents = 10_000;

/**
 * For questions that take a moment: nothing that changes anything, and nothing for the list of jobs (`stream-job.ts`).
 * When the reader leaves early, or `signal` fires, the operation is aborted and waited for.
 */
export async function* streamOperation<Result, Extra = never>(
  signal: AbortSignal | undefined,
  operation: (voice: OperationVoice<Extra>) => Promise<Result>,
): AsyncGenerator<OperationEvent<Result> | Extra, void> {
  const leave = new AbortController();
  const mailbox = new Mailbox<Result, Extra>();
  const running = operation({
    signal: signal === undefined ? leave.signal : AbortSignal.any([signal, leave.signal]),
    onProgress: (progress) => mailbox.onProgress(progress),
    onIssue: (issue) => mailbox.onIssue(issue),
    onNotice: (text) => mailbox.onNotice(text),
    say: (event) => mailbox.say(event),
  }).finally(() => mailbox.close());
  running.catch(() => undefined);
  try {
    yield* mailbox.events();
    yield { type: 'done', result: await running };
  } finally {
    leave.abort();
    await running.catch(() => undefined);
  }
}

/** What an operation has said and the reader has not taken yet: of its progress only the latest. */
export class Mailbox<Result, Extra> implements Listener<Extra> {
  #events: (OperationEvent<Result> | Extra)[] = [];
  #progress: Progress | null = null;
  #wake = Promise.withResolvers<void>();
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

  say(event: Extra): void {
    this.#events.push(event);
    this.#wake.resolve();
  }

  /** Nothing more is said. */
  close(): void {
    this.#closed = true;
    this.#wake.resolve();
  }

  /** Until it is closed and empty. */
  async *events(): AsyncGenerator<OperationEvent<Result> | Extra, void> {
    for (;;) {
      if (!this.#closed) await this.#wake.promise;
      this.#wake = Promise.withResolvers<void>();
      const closed = this.#closed;
      yield* this.#events.splice(0);
      const progress: Progress | null = this.#progress;
      this.#progress = null;
      if (progress !== null) yield { type: 'progress', progress };
      if (closed && this.#events.length === 0) return;
    }
  }

  #push(event: OperationEvent<Result>): void {
    if (this.#events.length < maxWaitingEvents) this.#events.push(event);
    this.#wake.resolve();
  }
}
