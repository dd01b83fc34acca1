/** Keeps standbys up to date by itself, in an engine that stays: one job for each that has something to do. */
import { standbyStep } from '../../../../shared/model/standby.ts';
import { nobody } from '../../jobs/voice.ts';
import type { CallContext } from '../context.ts';
import { isConfigured } from '../is-configured.ts';
import type { ContextOf } from '../scheduled-runs.ts';
import { knownStandbys, standbyJob, type KnownStandby } from './facts.ts';
import { standbyDemand } from './demand.ts';
import { judgeStandby, runStandby } from './run-standby.ts';

export type StandbyPorts = {
  readonly contextOf: ContextOf;
  readonly nowMs: () => number;
  readonly tenants: () => Promise<readonly string[]>;
  readonly onFailure: (error: unknown) => void;
};

const actor = 'standby';

export class StandbyRounds {
  readonly #ports: StandbyPorts;
  #isBusy = false;
  #isAsked = false;
  #isClosed = false;

  constructor(ports: StandbyPorts) {
    this.#ports = ports;
  }

  /** Begins what there is to do; never rejects. Asked while it is at it, it looks once more. */
  async beat(): Promise<void> {
    this.#isAsked = true;
    if (this.#isBusy || this.#isClosed) return;
    this.#isBusy = true;
    try {
      while (this.#isAsked && !this.#isClosed) {
        this.#isAsked = false;
        for (const tenant of await this.#ports.tenants()) await this.#lookAt(tenant);
      }
    } catch (error) {
      if (!this.#isClosed) this.#ports.onFailure(error);
    } finally {
      this.#isBusy = false;
    }
  }

  close(): void {
    this.#isClosed = true;
  }

  async #lookAt(tenant: string): Promise<void> {
    const context: CallContext = { ...this.#ports.contextOf({ tenant, actor }), isScheduled: true };
    if (!(await isConfigured(context))) return;
    const nowMs = this.#ports.nowMs();
    for (const known of await knownStandbys({ ...context, nowMs }, workingStandbys(context))) {
      const step = standbyStep(known.facts, nowMs);
      if (step !== 'none' && !this.#isClosed) await this.#begin(context, known, step === 'look');
    }
  }

  async #begin(context: CallContext, known: KnownStandby, looksOnly: boolean): Promise<void> {
    const { name } = known.row.definition;
    const demand = await standbyDemand(context, known, null);
    const job = context.jobs.start(
      { caller: context.caller, kind: standbyJob, title: name, priority: 'background', ...demand },
      nobody,
      (voice) => runStandby(context, { name, repository: null, looksOnly, putsRight: false }, voice),
      judgeStandby,
    );
    // What failed is noted, and is an alert.
    job.result.catch(() => undefined);
  }
}

/** Names of those that a job is at, or waits to be. */
export function workingStandbys({ jobs, caller }: Pick<CallContext, 'jobs' | 'caller'>): ReadonlySet<string> {
  return new Set(jobs.underWay(caller).flatMap(({ kind, title }) => (kind === standbyJob ? [title] : [])));
}
