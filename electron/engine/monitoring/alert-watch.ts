/**
 * Looks again and again at what holds, raises and ends alerts by it, and sees to it that they are told. What fails at one
 * look is made up for by the next: what there is to tell lies in the catalog.
 */
import { conditionsOf, type AlertFacts, type RouteFacts } from '../../../shared/model/alert-rules.ts';
import { nothingKnownOf, subjectKinds } from '../../../shared/model/alerts.ts';
import { toHoldfastError } from '../../../shared/model/errors.ts';
import type { RoutePolicy } from '../../../shared/model/alert-routing.ts';
import type { Caller } from '../../../shared/contract/common.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Courier } from './courier.ts';
import { pingsOf } from './pings.ts';
import type { RouteRow } from './route-file.ts';
import type { Routes } from './routes.ts';

export type AlertWatchOptions = {
  readonly catalog: Catalog;
  readonly routes: Routes;
  readonly courier: Courier;
  readonly nowMs: () => number;
  readonly tenants: () => Promise<readonly string[]>;
  /** Whether anything is looked at for a tenant; by default for each. */
  readonly isActive?: (tenant: string) => Promise<boolean>;
  readonly facts: (caller: Caller) => Promise<Omit<AlertFacts, 'routes' | 'routesProblem'>>;
  /** Told after each look that has changed something, and after the first. */
  readonly onChange: (caller: Caller) => void;
  /** Why a look came to nothing. */
  readonly onFailure: (error: unknown) => void;
};

const actor = 'alerts';
const lookEveryMs = 60_000;
/** What happens in one go is looked at once. */
const settleMs = 500;
/** With very many sources a look takes a while: it is no more than a small part of the time. */
const restPerLook = 20;
const longestRestMs = 10_000;
const trimEveryMs = 24 * 3_600_000;

export class AlertWatch {
  readonly #options: AlertWatchOptions;
  readonly #looking = new Map<string, Promise<void>>();
  /** Looks that have not begun. */
  readonly #waiting = new Map<string, Promise<void>>();
  readonly #wanted = new Set<string>();
  readonly #seen = new Set<string>();
  /** By a clock that only grows: that of the day may jump. */
  #nextLookMs = 0;
  #nextTrimMs = 0;
  #lookTookMs = 0;
  #isClockInDoubt = false;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(options: AlertWatchOptions) {
    this.#options = options;
  }

  /** Called every few seconds: looks when it is time, and tries again what could not be delivered. Never rejects. */
  async beat(): Promise<void> {
    const isTime = performance.now() >= this.#nextLookMs;
    if (isTime) this.#nextLookMs = performance.now() + lookEveryMs;
    try {
      const tenants = await this.#options.tenants();
      await Promise.all(tenants.map((tenant) => (isTime ? this.look(tenant) : this.#deliver({ tenant, actor }))));
      if (isTime) await this.#trim(tenants);
    } catch (error) {
      this.#options.onFailure(error);
    }
  }

  /** The next beat looks, whenever the last look was. */
  hurry(): void {
    this.#nextLookMs = 0;
  }

  /** Something of the tenant is other now: it is looked at soon. */
  changed(tenant: string): void {
    if (this.#closed) return;
    this.#wanted.add(tenant);
    this.#timer ??= setTimeout(
      () => {
        this.#timer = null;
        const tenants = [...this.#wanted];
        this.#wanted.clear();
        for (const one of tenants) void this.look(one);
      },
      Math.max(settleMs, Math.min(longestRestMs, restPerLook * this.#lookTookMs)),
    ).unref();
  }

  /** Now. Resolves when alerts are as they should be; what is due is sent meanwhile. Never rejects. One that waits already is enough. */
  async look(tenant: string): Promise<void> {
    const waiting = this.#waiting.get(tenant);
    if (waiting !== undefined) return waiting;
    const before = this.#looking.get(tenant) ?? Promise.resolve();
    const mine = before.then(() => {
      this.#waiting.delete(tenant);
      return this.#lookIfActive(tenant);
    });
    this.#waiting.set(tenant, mine);
    this.#looking.set(tenant, mine);
    await mine;
    if (this.#looking.get(tenant) === mine) this.#looking.delete(tenant);
  }

  async #lookIfActive(tenant: string): Promise<void> {
    const isActive = (await this.#options.isActive?.(tenant)) ?? true;
    if (isActive) await this.#lookNow({ tenant, actor });
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#options.courier.close();
    await Promise.allSettled(this.#looking.values());
  }

  async #lookNow(caller: Caller): Promise<void> {
    if (this.#closed) return;
    const beganMs = performance.now();
    const { catalog, nowMs, onChange, onFailure } = this.#options;
    try {
      const found = await this.#routes(caller);
      const routes = found.rows;
      const facts: AlertFacts = {
        ...(await this.#options.facts(caller)),
        routes: await this.#routeFacts(caller, routes),
        routesProblem: found.problem,
      };
      this.#isClockInDoubt = facts.clockProblem !== null;
      const { conditions, unknown } = conditionsOf(facts);
      // Where nobody can be told, nothing ends: its end would be told nobody, ever.
      const untold = found.problem === null ? [] : nothingKnownOf(...subjectKinds);
      const policies = routes.flatMap(policyOf);
      const input = { conditions, unknown: [...unknown, ...untold], routes: policies, nowMs: nowMs() };
      const { raised, updated, resolved } = await catalog.write('alerts.reconcile', caller, input);
      await this.#ping(caller, routes, facts);
      if (raised + updated + resolved > 0 || !this.#seen.has(caller.tenant)) onChange(caller);
      this.#seen.add(caller.tenant);
      this.#lookTookMs = performance.now() - beganMs;
    } catch (error) {
      if (!this.#closed) onFailure(error);
    }
    void this.#deliver(caller);
  }

  /** Where the file is damaged, there are none, and why. */
  async #routes(caller: Caller): Promise<{ readonly rows: readonly RouteRow[]; readonly problem: string | null }> {
    try {
      return { rows: await this.#options.routes.list(caller), problem: null };
    } catch (error) {
      return { rows: [], problem: toHoldfastError(error).message };
    }
  }

  async #deliver(caller: Caller): Promise<void> {
    if (this.#closed) return;
    await this.#options.courier.round(caller).catch((error: unknown) => {
      if (!this.#closed) this.#options.onFailure(error);
    });
  }

  async #routeFacts(caller: Caller, routes: readonly RouteRow[]): Promise<RouteFacts[]> {
    const on = routes.filter(({ definition: { enabled } }) => enabled);
    const last = await this.#options.catalog.read('deliveries.lastEnded', caller, { routes: on.map(({ id }) => id) });
    return on.map(({ id, definition: { name } }) => {
      const ended = last[id];
      return { id, name, problem: ended?.state === 'failed' ? (ended.problem ?? 'It failed.') : null };
    });
  }

  async #ping(caller: Caller, routes: readonly RouteRow[], facts: AlertFacts): Promise<void> {
    const { catalog, nowMs } = this.#options;
    const { alerts: open } = await catalog.read('alerts.open', caller, { limit: 1 });
    // What cannot be read is not well.
    const isWell = facts.sources !== null && open[0]?.level !== 'error';
    for (const { id, definition } of routes) {
      for (const occasion of pingsOf(definition, { facts, isWell })) {
        await catalog.write('deliveries.ping', caller, { route: id, occasion, atMs: nowMs() });
      }
    }
  }

  async #trim(tenants: readonly string[]): Promise<void> {
    // By a clock that is far ahead, all of it would be old.
    if (performance.now() < this.#nextTrimMs || this.#isClockInDoubt) return;
    this.#nextTrimMs = performance.now() + trimEveryMs;
    const { catalog, nowMs } = this.#options;
    for (const tenant of tenants) {
      await catalog.write('deliveries.trim', { tenant, actor }, { nowMs: nowMs() });
      await catalog.write('alerts.trim', { tenant, actor }, { nowMs: nowMs() });
    }
  }
}

/** None of one that is switched off, or that only asks whether all is well. */
export function policyOf({ id, definition }: RouteRow): RoutePolicy[] {
  const { enabled, target, atLeast, remindEveryMs } = definition;
  return enabled && target.kind !== 'healthCheck' ? [{ route: id, atLeast, remindEveryMs }] : [];
}
