/** An engine that says what a test tells it to, behind the real contract: for the page alone. */
import { implement } from '@orpc/server';
import { contract } from '../../../shared/contract/index.ts';
import type { LiveChange, LiveEvent, LiveState } from '../../../shared/contract/live.ts';
import type { Job, JobLogLine } from '../../../shared/contract/jobs.ts';

export type Script = {
  readonly state: LiveState;
  /** All jobs there have been, newest first. */
  readonly jobs?: readonly Job[];
  readonly log?: readonly JobLogLine[];
};

const handlers = implement(contract);

export class ScriptedEngine {
  readonly #script: Script;
  readonly #watchers = new Set<(event: LiveEvent) => void>();
  #away = false;
  #onAway: () => void = () => undefined;
  /** Ids of jobs that were asked to stop. */
  readonly cancelled: string[] = [];
  /** How often the stream was begun. */
  watched = 0;

  constructor(script: Script) {
    this.#script = script;
  }

  get router() {
    const { state, jobs = [], log = [] } = this.#script;
    // oxlint-disable-next-line typescript/no-this-alias -- generators have none of their own
    const engine = this;
    const byId = (id: string): Job => {
      const found = state.jobs[id] ?? jobs.find((job) => job.id === id);
      if (found === undefined) throw new Error('No such job.');
      return found;
    };
    return {
      live: {
        watch: handlers.live.watch.handler(({ signal }) => engine.#events(signal)),
      },
      jobs: {
        list: handlers.jobs.list.handler(({ input }) => {
          const from = input.before === undefined ? 0 : jobs.findIndex(({ id }) => id === input.before) + 1;
          const page = jobs.slice(from, from + input.limit);
          return { jobs: [...page], more: from + page.length < jobs.length, notice: null };
        }),
        show: handlers.jobs.show.handler(({ input }) => byId(input.job)),
        log: handlers.jobs.log.handler(({ input }) => {
          const lines = log.filter(({ line }) => line > input.after);
          return { lines: lines.slice(0, input.limit), more: lines.length > input.limit };
        }),
        cancel: handlers.jobs.cancel.handler(({ input }) => {
          engine.cancelled.push(input.job);
          return byId(input.job);
        }),
      },
    };
  }

  /** To all who watch, each with the number that is next for it. */
  change(...changes: LiveChange[]): void {
    for (const tell of this.#watchers) tell({ type: 'delta', sequence: -1, changes });
  }

  /** From now on nobody gets an answer, and streams break off. */
  goAway(): void {
    this.#away = true;
    this.#onAway();
  }

  comeBack(): void {
    this.#away = false;
  }

  isAway(): boolean {
    return this.#away;
  }

  onAway(listener: () => void): void {
    this.#onAway = listener;
  }

  async *#events(signal: AbortSignal | undefined): AsyncGenerator<LiveEvent, void> {
    this.watched += 1;
    let sequence = 0;
    const waiting: LiveEvent[] = [];
    let wake = Promise.withResolvers<void>();
    const tell = (event: LiveEvent) => {
      waiting.push(event);
      wake.resolve();
    };
    const stop = () => wake.resolve();
    this.#watchers.add(tell);
    signal?.addEventListener('abort', stop);
    try {
      yield { type: 'state', sequence, state: this.#script.state };
      for (;;) {
        await wake.promise;
        if (signal?.aborted === true) return;
        wake = Promise.withResolvers<void>();
        for (const event of waiting.splice(0)) {
          sequence += 1;
          yield { ...event, sequence };
        }
      }
    } finally {
      this.#watchers.delete(tell);
      signal?.removeEventListener('abort', stop);
    }
  }
}
