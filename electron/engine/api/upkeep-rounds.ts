/** Looks now and then whether a repository is due for upkeep, in an engine that stays. */
import { lookAtComplianceIfDue } from './compliance/compliance-rounds.ts';
import { clockProblem } from './clock.ts';
import { holdOnIfDue } from './integrity/scheduled-locks.ts';
import { checkPlansIfDue } from './plans/plan-rounds.ts';
import { scrubIfDue } from './integrity/scheduled-scrub.ts';
import { measureIfDue } from './storage/measure.ts';
import { pruneIfDue } from './scheduled-prune.ts';
import type { ContextOf } from './scheduled-runs.ts';

export type UpkeepPorts = {
  readonly contextOf: ContextOf;
  readonly nowMs: () => number;
  readonly tenants: () => Promise<readonly string[]>;
};

const upkeepActor = 'upkeep';
/** What comes and goes, as a disk that is plugged in, is found in time. */
const lookEveryMs = 15 * 60_000;
const trimEveryMs = 24 * 3_600_000;

export class UpkeepRounds {
  readonly #ports: UpkeepPorts;
  readonly #nextMs = new Map<string, number>();
  /** By tenant: when its book of runs is trimmed next. */
  readonly #trimMs = new Map<string, number>();
  #lookAtMs = 0;
  #isBusy = false;

  constructor(ports: UpkeepPorts) {
    this.#ports = ports;
  }

  /** One repository after the other; never rejects. A call while it is at it, or too early, does nothing. */
  async beat(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      for (let nowMs = this.#ports.nowMs(); nowMs >= this.#lookAtMs; nowMs = this.#ports.nowMs()) {
        this.#lookAtMs = nowMs + lookEveryMs;
        for (const tenant of await this.#ports.tenants()) await this.#lookAt(tenant, nowMs);
      }
    } catch {
      // What cannot be read now is read at the next look.
    } finally {
      this.#isBusy = false;
    }
  }

  /** Repositories are others now: they are looked at with the next beat, or once more by the one that is at it. */
  changed(): void {
    this.#lookAtMs = 0;
  }

  async #lookAt(tenant: string, nowMs: number): Promise<void> {
    const context = this.#ports.contextOf({ tenant, actor: upkeepActor });
    // By a clock that is far ahead, all of it would be old.
    if (nowMs >= (this.#trimMs.get(tenant) ?? 0) && (await clockProblem(context)) === null) {
      this.#trimMs.set(tenant, nowMs + trimEveryMs);
      await context.runHistory.trim(context.caller);
    }
    await checkPlansIfDue(context, nowMs);
    await lookAtComplianceIfDue(context, nowMs);
    for (const { id, state } of await context.connections.list(context.caller)) {
      if (state !== 'open' || nowMs < (this.#nextMs.get(id) ?? 0)) continue;
      const due = { repository: { id }, nowMs };
      // Damage is found and repaired before anything is removed.
      const scrub = await scrubIfDue(context, due);
      const prune = await pruneIfDue(context, due);
      const locks = await holdOnIfDue(context, due);
      const measure = await measureIfDue(context, due);
      this.#nextMs.set(id, Math.min(scrub.nextMs, prune.nextMs, locks.nextMs, measure.nextMs));
    }
  }
}
