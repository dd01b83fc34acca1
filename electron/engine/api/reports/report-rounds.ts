/** What becomes of subscriptions by itself, in an engine that stays. */
import { takenOverBy } from '../../configuration/ownership.ts';
import { isConfigured } from '../is-configured.ts';
import type { ContextOf } from '../scheduled-runs.ts';
import { clockProblem } from '../clock.ts';
import { deliverDue, queueDue } from './report-post.ts';

export type ReportPorts = {
  readonly contextOf: ContextOf;
  readonly tenants: () => Promise<readonly string[]>;
  readonly onFailure: (error: unknown) => void;
};

const actor = 'subscriptions';
const trimEveryMs = 24 * 3_600_000;

export class ReportRounds {
  readonly #ports: ReportPorts;
  readonly #ended = new AbortController();
  /** By a clock that only grows. */
  #nextTrimMs = 0;
  #busy: Promise<void> | null = null;
  #wanted = false;

  constructor(ports: ReportPorts) {
    this.#ports = ports;
  }

  /** Never rejects. A call while it is at it makes it look once more. */
  beat(): Promise<void> {
    if (this.#ended.signal.aborted) return Promise.resolve();
    this.#wanted = true;
    this.#busy ??= this.#rounds().finally(() => (this.#busy = null));
    return this.#busy;
  }

  /** What is being sent is cut off, and sent again by the next engine. */
  async close(): Promise<void> {
    this.#ended.abort();
    await this.#busy;
  }

  async #rounds(): Promise<void> {
    while (this.#wanted && !this.#ended.signal.aborted) {
      this.#wanted = false;
      await this.#round();
    }
  }

  async #round(): Promise<void> {
    try {
      const isTrimming = performance.now() >= this.#nextTrimMs;
      if (isTrimming) this.#nextTrimMs = performance.now() + trimEveryMs;
      for (const tenant of await this.#ports.tenants())
        await this.#lookAt(tenant, isTrimming).catch((error: unknown) => this.#fail(error));
    } catch (error) {
      this.#fail(error);
    }
  }

  async #lookAt(tenant: string, isTrimming: boolean): Promise<void> {
    const context = this.#ports.contextOf({ tenant, actor });
    const { catalog, caller } = context;
    if (!(await isConfigured(context))) return;
    // Another console protects these sources now, and tells of them.
    if ((await takenOverBy(context)) !== null) return;
    await queueDue(context);
    await deliverDue(context, this.#ended.signal);
    // By a clock that is far ahead, all of it would be old.
    if (!isTrimming || (await clockProblem(context)) !== null) return;
    const at = { nowMs: context.nowMs() };
    await catalog.write('subscriptions.trim', caller, at);
    await catalog.write('removedSnapshots.trim', caller, at);
  }

  #fail(error: unknown): void {
    if (!this.#ended.signal.aborted) this.#ports.onFailure(error);
  }
}
