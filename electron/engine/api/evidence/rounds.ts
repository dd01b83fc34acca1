/** In an engine that stays: what was recorded is kept elsewhere each hour, and all of it is checked each day. */
import type { ContextOf } from '../scheduled-runs.ts';
import { keepEvidence } from './keep-evidence.ts';
import { verifyEvidence } from './verify.ts';
import { chainLogs } from '../../../../shared/model/evidence.ts';

export type EvidencePorts = {
  readonly contextOf: ContextOf;
  readonly nowMs: () => number;
  readonly tenants: () => Promise<readonly string[]>;
};

const hourMs = 3_600_000;
const hoursOfDay = 24;
const actor = 'engine';

export class EvidenceRounds {
  readonly #ports: EvidencePorts;
  /** Heads as they were kept last, by tenant. */
  readonly #kept = new Map<string, string>();
  #nextMs: number;
  #hours = 0;

  constructor(ports: EvidencePorts) {
    this.#ports = ports;
    this.#nextMs = ports.nowMs() + hourMs;
  }

  /** Never rejects. */
  async beat(): Promise<void> {
    if (this.#ports.nowMs() < this.#nextMs) return;
    this.#nextMs = this.#ports.nowMs() + hourMs;
    const checks = this.#hours % hoursOfDay === 0;
    this.#hours += 1;
    try {
      for (const tenant of await this.#ports.tenants()) await this.#lookAt(tenant, checks);
    } catch {
      // What cannot be read or written now is tried again in an hour.
    }
  }

  async #lookAt(tenant: string, checks: boolean): Promise<void> {
    const context = this.#ports.contextOf({ tenant, actor });
    const head = await context.evidence.head(tenant);
    // What was kept is in the audit log of nobody: only what operators do moves its head.
    if (this.#kept.get(tenant) !== head) await keepEvidence(context);
    this.#kept.set(tenant, head);
    if (checks) await verifyEvidence(context, { logs: chainLogs, anchors: true });
  }
}
