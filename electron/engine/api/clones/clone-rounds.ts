/** Removes clones whose time is over, in an engine that stays, and what of others was cut off. */
import type { CloneRemoval } from '../../../../shared/contract/clones.ts';
import { cloneStep } from '../../../../shared/model/clones.ts';
import { toHoldfastError } from '../../../../shared/model/errors.ts';
import type { CloneRow } from '../../catalog/clones.ts';
import { nobody, type Voice } from '../../jobs/voice.ts';
import type { CallContext } from '../context.ts';
import type { ContextOf } from '../scheduled-runs.ts';
import { isAtWork, mustFindClone, whileAt } from './book.ts';
import { removalJob } from './removal-job.ts';
import { removeClone, tidyClone } from './remove-clone.ts';

export type ClonePorts = {
  readonly contextOf: ContextOf;
  readonly nowMs: () => number;
  readonly tenants: () => Promise<readonly string[]>;
  readonly onFailure: (error: unknown) => void;
};

const actor = 'expiry';
const lookEveryMs = 30_000;
/** Said of it already, and an alert: no failure of the engine. */
const isTold = new Set(['CLONE_CHANGED', 'CLONE_MISSING', 'CLONE_UNKNOWN', 'CANCELLED']);

export class CloneRounds {
  readonly #ports: ClonePorts;
  #lookAtMs = 0;
  #isBusy = false;
  #isClosed = false;

  constructor(ports: ClonePorts) {
    this.#ports = ports;
  }

  /** Never rejects. A call while it is at it, or too early, does nothing. */
  async beat(): Promise<void> {
    if (this.#isBusy || this.#isClosed) return;
    this.#isBusy = true;
    try {
      const nowMs = this.#ports.nowMs();
      // A clock that was ahead does not hold it up.
      if (nowMs < this.#lookAtMs && this.#lookAtMs - nowMs <= lookEveryMs) return;
      this.#lookAtMs = nowMs + lookEveryMs;
      for (const tenant of await this.#ports.tenants()) await this.#lookAt(tenant, nowMs);
    } catch (error) {
      if (!this.#isClosed) this.#ports.onFailure(error);
    } finally {
      this.#isBusy = false;
    }
  }

  close(): void {
    this.#isClosed = true;
  }

  async #lookAt(tenant: string, nowMs: number): Promise<void> {
    const context: CallContext = { ...this.#ports.contextOf({ tenant, actor }), isScheduled: true };
    for (const row of await context.catalog.read('clones.list', context.caller, null)) {
      if (this.#isClosed) return;
      const step = cloneStep(row, nowMs);
      if (step === 'none' || isAtWork(row.id)) continue;
      await this.#work(context, row).catch((thrown: unknown) => {
        if (!isTold.has(toHoldfastError(thrown).code) && !this.#isClosed) this.#ports.onFailure(thrown);
      });
    }
  }

  #work(context: CallContext, row: CloneRow): Promise<CloneRemoval> {
    const { judge, ...request } = removalJob(row);
    const job = { ...request, caller: context.caller, priority: 'background' as const };
    return context.jobs.start(job, nobody, (voice) => workOn(context, row.id, voice), judge).result;
  }
}

function workOn(context: CallContext, id: string, voice: Voice<unknown>): Promise<CloneRemoval> {
  return whileAt(id, async () => {
    const row = await mustFindClone(context, id);
    // Somebody may have given it more time while this waited.
    const step = cloneStep(row, context.nowMs());
    if (step === 'remove') return removeClone(context, row, { withChanges: false, listener: voice });
    if (step === 'clear') await tidyClone(context, row);
    return { removed: 0, left: 0, names: [] };
  });
}
