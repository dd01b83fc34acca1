/** Drills by their rules, in an engine that stays: one at a time, and first what those that were killed have left. */
import { nobody } from '../../jobs/voice.ts';
import type { ContextOf } from '../scheduled-runs.ts';
import type { CallContext } from '../context.ts';
import { sourceDrills } from './drill-rules.ts';
import { drillJob } from './drills.ts';
import { judgeDrill, runDrill, usualAccess, type DrillCall } from './run-drill.ts';
import { tearDown } from './tear-down.ts';

export type DrillPorts = {
  readonly contextOf: ContextOf;
  readonly nowMs: () => number;
  readonly tenants: () => Promise<readonly string[]>;
  readonly onFailure: (error: unknown) => void;
};

const actor = 'schedule';
const lookEveryMs = 5 * 60_000;
const cleanEveryMs = 3_600_000;
/** One that could not begin is not asked for with every look. */
const retryAfterMs = 3_600_000;

export class DrillRounds {
  readonly #ports: DrillPorts;
  /** By tenant and source: not before. */
  readonly #waits = new Map<string, number>();
  readonly #cleanMs = new Map<string, number>();
  #lookAtMs = 0;
  #isBusy = false;
  #isClosed = false;

  constructor(ports: DrillPorts) {
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
      this.#ports.onFailure(error);
    } finally {
      this.#isBusy = false;
    }
  }

  /** Rules or sources are others now. */
  changed(): void {
    this.#lookAtMs = 0;
    this.#waits.clear();
  }

  close(): void {
    this.#isClosed = true;
  }

  async #lookAt(tenant: string, nowMs: number): Promise<void> {
    const context = this.#ports.contextOf({ tenant, actor });
    if (nowMs >= (this.#cleanMs.get(tenant) ?? 0)) {
      this.#cleanMs.set(tenant, nowMs + cleanEveryMs);
      await tearDown(context, null);
    }
    for (const { source, due } of await sourceDrills(context)) {
      const key = `${tenant} ${source.name}`;
      if (this.#isClosed || !due.due || nowMs < (this.#waits.get(key) ?? 0)) continue;
      this.#waits.set(key, nowMs + retryAfterMs);
      await runInBackground(context, source.name).catch(this.#ports.onFailure);
    }
  }
}

async function runInBackground(context: CallContext, source: string): Promise<void> {
  const { caller, jobs } = context;
  const access = await usualAccess(context, source);
  if (!(await isOpen(context, access))) return;
  const call: DrillCall = { source, access, snapshot: 'latest', sample: null };
  const job = { ...(await drillJob(context, call)), caller, priority: 'background' as const };
  const scheduled = { ...context, isScheduled: true as const };
  await jobs.start(job, nobody, (voice) => runDrill(scheduled, call, voice), judgeDrill).result;
}

/** One that waits for its password is no drill that fails: its alert is another. */
async function isOpen({ connections, caller }: CallContext, access: DrillCall['access']): Promise<boolean> {
  if (!('id' in access)) return true;
  const found = (await connections.list(caller)).find(({ id }) => id === access.id);
  return found !== undefined && (found.state === 'open' || found.remembered);
}
