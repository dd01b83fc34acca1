/** Follows native snapshots of all sources in AWS, in an engine that stays: soon while any is under way, else now and then. */
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { CallContext } from './context.ts';
import type { RegisteredEc2 } from './ec2-source-of.ts';
import type { ContextOf } from './scheduled-runs.ts';
import { isConfigured } from './is-configured.ts';

export type NativeRoundsPorts = {
  readonly contextOf: ContextOf;
  readonly nowMs: () => number;
  readonly tenants: () => Promise<readonly string[]>;
  readonly onFailure: (error: unknown) => void;
};

const actor = 'engine';
const soonMs = 15_000;
/** What others take, and whether one that was locked can go by now, is seen in time. */
const laterMs = 30 * 60_000;

export class NativeRounds {
  readonly #ports: NativeRoundsPorts;
  /** By tenant and source. */
  readonly #nextMs = new Map<string, number>();
  readonly #closing = new AbortController();
  #isBusy = false;

  constructor(ports: NativeRoundsPorts) {
    this.#ports = ports;
  }

  /** One source after the other; never rejects. A call while it is at it does nothing. */
  async beat(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      for (const tenant of await this.#ports.tenants()) await this.#lookAt(tenant);
    } catch (error) {
      if (!this.#closing.signal.aborted) this.#ports.onFailure(error);
    } finally {
      this.#isBusy = false;
    }
  }

  /** Something of the tenant is other now, such as a run that has asked for snapshots. */
  changed(): void {
    this.#nextMs.clear();
  }

  close(): void {
    this.#closing.abort(new HoldfastError('ENGINE_STOPPED', 'The engine was told to end.'));
  }

  async #lookAt(tenant: string): Promise<void> {
    const context: CallContext = { ...this.#ports.contextOf({ tenant, actor }), isScheduled: true };
    const sources = await ec2Sources(context);
    if (sources.length === 0) return;
    const connections = await context.connections.list(context.caller);
    const repositories = connections.filter(({ state }) => state === 'open').map(({ id }) => ({ id }));
    for (const source of sources) {
      const key = `${tenant} ${source.name}`;
      if (this.#ports.nowMs() < (this.#nextMs.get(key) ?? 0)) continue;
      this.#nextMs.set(key, this.#ports.nowMs() + laterMs);
      try {
        const { nativeRound } = await import('./native-round.ts');
        const { isUnderWay } = await nativeRound(context, { source, repositories, signal: this.#closing.signal });
        if (isUnderWay) this.#nextMs.set(key, this.#ports.nowMs() + soonMs);
      } catch (error) {
        this.#closing.signal.throwIfAborted();
        this.#ports.onFailure(error);
      }
    }
  }
}

export async function ec2Sources(context: CallContext): Promise<readonly RegisteredEc2[]> {
  if (!(await isConfigured(context))) return [];
  const sources = await context.catalog.read('registeredSources.list', context.caller, null);
  return sources.filter((source) => source.kind === 'ec2');
}
