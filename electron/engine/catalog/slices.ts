/**
 * Turns among writers. Every change runs in transactions of at most 20 ms; a long one ends its transaction where it
 * yields and goes on when the others have had their turn.
 */
import { performance } from 'node:perf_hooks';
import type { Database } from './sqlite.ts';

/** Work in one transaction; what remains of the 20 ms is for the commit, which writes what full-text search has gathered. */
const sliceMs = 8;

export type Task = {
  /** Tasks of one lane run one after the other. */
  readonly lane: string;
  readonly start: () => unknown;
  readonly onDone: (value: unknown) => void;
  readonly onFailure: (error: unknown) => void;
};

export type SliceFigures = {
  transactions: number;
  longestMs: number;
  /** Of that transaction which took the thread most work; what it waited for a core or the disk is not in it. */
  longestWorkMs: number;
};

type Running = { readonly task: Task; steps: Iterator<void, unknown, void> | null };

export class Slices {
  readonly figures: SliceFigures = { transactions: 0, longestMs: 0, longestWorkMs: 0 };
  readonly #db: Database;
  /** In the order of their turns. */
  readonly #lanes = new Map<string, Running[]>();
  #scheduled = false;
  readonly #between: () => void;
  #idle: (() => void)[] = [];

  /** `between` is called between two transactions. */
  constructor(db: Database, between: () => void = () => undefined) {
    this.#db = db;
    this.#between = between;
  }

  add(task: Task): void {
    const lane = this.#lanes.get(task.lane);
    if (lane === undefined) this.#lanes.set(task.lane, [{ task, steps: null }]);
    else lane.push({ task, steps: null });
    this.#schedule();
  }

  /** Resolves when nothing is left to do. */
  async idle(): Promise<void> {
    if (this.#lanes.size === 0) return;
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // Messages that have come meanwhile are taken in between two turns.
    setImmediate(() => {
      this.#scheduled = false;
      this.#turn();
      this.#between();
      if (this.#lanes.size > 0) this.#schedule();
      else for (const resolve of this.#idle.splice(0)) resolve();
    });
  }

  #turn(): void {
    const next = this.#lanes.entries().next().value;
    if (next === undefined) return;
    const [name, lane] = next;
    this.#lanes.delete(name);
    const running = lane[0] as Running;
    if (this.#slice(running)) lane.shift();
    if (lane.length > 0) this.#lanes.set(name, lane);
  }

  /** One transaction; true when the task is through, well or not. */
  #slice(running: Running): boolean {
    const { task } = running;
    const startedAt = performance.now();
    const before = process.threadCpuUsage();
    let ended: { readonly value: unknown } | null = null;
    try {
      this.#db.exec('BEGIN IMMEDIATE');
      ended = advance(running, startedAt + sliceMs);
      this.#db.exec('COMMIT');
    } catch (error) {
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
      task.onFailure(error);
      return true;
    }
    this.figures.transactions += 1;
    this.figures.longestMs = Math.max(this.figures.longestMs, performance.now() - startedAt);
    this.figures.longestWorkMs = Math.max(this.figures.longestWorkMs, workSince(before));
    if (ended === null) return false;
    task.onDone(ended.value);
    return true;
  }
}

function workSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

function advance(running: Running, deadline: number): { readonly value: unknown } | null {
  if (running.steps === null) {
    const started = running.task.start();
    if (!isIterator(started)) return { value: started };
    running.steps = started;
  }
  for (;;) {
    const step = running.steps.next();
    if (step.done === true) return { value: step.value };
    if (performance.now() >= deadline) return null;
  }
}

function isIterator(value: unknown): value is Iterator<void, unknown, void> {
  return typeof value === 'object' && value !== null && 'next' in value && typeof value.next === 'function';
}
