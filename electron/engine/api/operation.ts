/** Long operations as event streams: what the operation says becomes events, its result the last one. */
import type { Issue, Progress } from '../../../shared/contract/common.ts';

export type OperationEvent<Result> =
  | { type: 'progress'; progress: Progress }
  | { type: 'issue'; issue: Issue }
  | { type: 'notice'; text: string }
  | { type: 'done'; result: Result };

/** How an operation speaks while it runs. */
export type OperationVoice<Extra> = {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly onIssue: (issue: Issue) => void;
  readonly onNotice: (text: string) => void;
  /** Events of the operation's own kind. */
  readonly say: (event: Extra) => void;
};

/**
 * Runs the operation and yields what it says. A reader that is slower than the operation gets only the latest progress.
 * When the reader leaves early, or `signal` fires, the operation is aborted and waited for.
 */
export async function* streamOperation<Result, Extra = never>(
  signal: AbortSignal | undefined,
  operation: (voice: OperationVoice<Extra>) => Promise<Result>,
): AsyncGenerator<OperationEvent<Result> | Extra, void> {
  const leave = new AbortController();
  const queue: (OperationEvent<Result> | Extra)[] = [];
  let progress: Progress | null = null;
  let wake = Promise.withResolvers<void>();
  const push = (event: OperationEvent<Result> | Extra): void => {
    queue.push(event);
    wake.resolve();
  };
  let finished = false;
  const running = operation({
    signal: signal === undefined ? leave.signal : AbortSignal.any([signal, leave.signal]),
    onProgress: (latest) => {
      progress = latest;
      wake.resolve();
    },
    onIssue: (issue) => push({ type: 'issue', issue }),
    onNotice: (text) => push({ type: 'notice', text }),
    say: push,
  }).finally(() => {
    finished = true;
    wake.resolve();
  });
  running.catch(() => undefined);
  try {
    for (;;) {
      if (!finished) await wake.promise;
      wake = Promise.withResolvers<void>();
      yield* queue.splice(0);
      const latest: Progress | null = progress;
      progress = null;
      if (latest !== null) yield { type: 'progress', progress: latest };
      if (finished && queue.length === 0) break;
    }
    yield { type: 'done', result: await running };
  } finally {
    leave.abort();
    await running.catch(() => undefined);
  }
}
