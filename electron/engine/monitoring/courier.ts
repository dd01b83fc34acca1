/**
 * Brings messages to where they are told. What is due lies in the catalog before anything is sent; a message that was
 * being sent when the engine ended is sent again under the same id.
 */
import { retryAfterMs } from '../../../shared/model/alert-routing.ts';
import type { Caller } from '../../../shared/contract/common.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { DeliveryRow } from '../catalog/deliveries.ts';
import type { ConsoleFacts, Message } from './messages.ts';
import { parcelsOf, type Way } from './parcels.ts';
import type { RouteRow } from './route-file.ts';
import type { Routes } from './routes.ts';
import type { Outcome } from './senders/http.ts';

export type CourierOptions = {
  readonly catalog: Catalog;
  readonly routes: Routes;
  readonly nowMs: () => number;
  readonly consoleOf: (tenant: string) => ConsoleFacts;
  /** Shows a notification on this desktop; null: there is none. */
  readonly notifyDesktop: ((message: Message) => void) | null;
};

/** Of one route in one round; the next one comes soon. */
const atOnce = 100;
const withoutSecrets: Outcome = {
  problem:
    'What is secret about it, as its address or password, cannot be had: this engine was started without the secret store.',
  mayPass: true,
  afterMs: null,
};

export class Courier {
  readonly #options: CourierOptions;
  readonly #busy = new Map<string, Promise<void>>();
  readonly #ended = new AbortController();

  constructor(options: CourierOptions) {
    this.#options = options;
  }

  /** Sends what is due. Resolves when all of it has an outcome; for a route that is busy, when that is done. */
  async round(caller: Caller): Promise<void> {
    const { catalog, routes, nowMs } = this.#options;
    const whatIsDue = () => catalog.read('deliveries.due', caller, { nowMs: nowMs(), limit: atOnce });
    const due = await whatIsDue();
    if (due.length === 0) return;
    const rows = new Map((await routes.list(caller)).map((row) => [row.id, row]));
    await Promise.all(
      [...new Set(due.map(({ route }) => route))].map((id) =>
        this.#alone(caller, id, async () => {
          // Another round may have brought, or tried, what was due when that was asked.
          const still = (await whatIsDue()).filter(({ route }) => route === id);
          return this.#bring(caller, rows.get(id), still);
        }),
      ),
    );
  }

  /** One message, tried once. */
  async test(caller: Caller, route: RouteRow): Promise<DeliveryRow> {
    const { catalog, nowMs } = this.#options;
    const row = await catalog.write('deliveries.test', caller, { route: route.id, atMs: nowMs() });
    await catalog.write('deliveries.trying', caller, { deliveries: [row.delivery] });
    const way = await this.#way(caller, route);
    const [parcel] = way === null ? [] : parcelsOf(way, [row], new Map());
    const { problem } = parcel === undefined ? withoutSecrets : await parcel.send();
    return catalog.write('deliveries.settle', caller, {
      delivery: row.delivery,
      atMs: nowMs(),
      problem,
      nextAtMs: null,
    });
  }

  /** What is being sent is cut off, and sent again by the next engine. */
  async close(): Promise<void> {
    this.#ended.abort();
    await Promise.allSettled(this.#busy.values());
  }

  async #alone(caller: Caller, route: string, work: () => Promise<void>): Promise<void> {
    const key = `${caller.tenant} ${route}`;
    const under = this.#busy.get(key);
    if (under !== undefined) return under;
    const mine = work().finally(() => this.#busy.delete(key));
    this.#busy.set(key, mine);
    return mine;
  }

  /** In order, up to the first that does not get through: the others would wait for the same. */
  async #bring(caller: Caller, route: RouteRow | undefined, due: readonly DeliveryRow[]): Promise<void> {
    const { catalog } = this.#options;
    if (route === undefined || !route.definition.enabled) return this.#drop(caller, due);
    const { retries } = route.definition;
    const way = await this.#way(caller, route);
    if (way === null) {
      await catalog.write('deliveries.trying', caller, { deliveries: due.map(({ delivery }) => delivery) });
      return this.#settle(caller, due, withoutSecrets, retries);
    }
    const ids = due.map(({ alert }) => alert).filter((alert) => alert !== null);
    const alerts = await catalog.read('alerts.of', caller, { alerts: ids });
    for (const { rows, send } of parcelsOf(way, due, new Map(alerts.map((row) => [row.alert, row])))) {
      if (this.#ended.signal.aborted) return;
      await catalog.write('deliveries.trying', caller, { deliveries: rows.map(({ delivery }) => delivery) });
      const outcome = await send();
      // What was cut off by the end of the engine is sent again by the next one.
      if (this.#ended.signal.aborted && outcome.problem !== null) return;
      await this.#settle(caller, rows, outcome, retries);
      if (outcome.problem !== null && outcome.mayPass) return;
    }
  }

  async #drop(caller: Caller, rows: readonly DeliveryRow[]): Promise<void> {
    const { catalog, nowMs } = this.#options;
    const problem = 'The route is switched off.';
    for (const { delivery } of rows)
      await catalog.write('deliveries.settle', caller, {
        delivery,
        atMs: nowMs(),
        problem,
        nextAtMs: null,
        dropped: true,
      });
  }

  /** Null where its secrets cannot be had. */
  async #way(caller: Caller, route: RouteRow): Promise<Way | null> {
    const { routes, consoleOf, notifyDesktop } = this.#options;
    const secrets = await routes.secretsOf(route).catch(() => null);
    if (secrets === null) return null;
    const signal = this.#ended.signal;
    return { definition: route.definition, secrets, console: consoleOf(caller.tenant), notifyDesktop, signal };
  }

  async #settle(
    caller: Caller,
    rows: readonly DeliveryRow[],
    { problem, mayPass, afterMs }: Outcome,
    retries: number,
  ): Promise<void> {
    const { catalog, nowMs } = this.#options;
    for (const { delivery, attempts } of rows) {
      const tried = attempts + 1;
      const again = problem !== null && mayPass && tried <= retries;
      const atMs = nowMs();
      const nextAtMs = again ? atMs + Math.max(retryAfterMs(tried), afterMs ?? 0) : null;
      await catalog.write('deliveries.settle', caller, { delivery, atMs, problem, nextAtMs });
    }
  }
}
