/** Alerts of this engine: what they are decided by, where they are told, and who shows them. */
import type { Caller } from '../../../shared/contract/common.ts';
import { AlertWatch } from '../monitoring/alert-watch.ts';
import { Courier } from '../monitoring/courier.ts';
import type { Message } from '../monitoring/messages.ts';
import { Routes } from '../monitoring/routes.ts';
import { processIdentity } from '../platform/identity.ts';
import { machineZone } from '../platform/machine-zone.ts';
import type { SecretStore } from '../platform/secret-store.ts';
import type { FactsPorts, FactsReader } from './alert-facts.ts';
import type { LiveFeed } from './live/live-feed.ts';
import { presentAlert } from './present-alert.ts';

export type AlertServiceOptions = Omit<FactsPorts, 'wokeAtMs' | 'isSettled'> & {
  /** Of an engine that stays alone: there the schedule looks by itself. */
  readonly stays: boolean;
  readonly secrets: SecretStore | null;
  readonly live: LiveFeed;
  readonly tenants: () => Promise<readonly string[]>;
  /** Of some tenants, those that are told anything. */
  readonly activeOf: (tenants: readonly string[]) => Promise<readonly string[]>;
  readonly desktop: { readonly tenant: string; readonly notify: (message: Message) => void } | null;
  readonly onFailure: (error: unknown) => void;
};

const shown = 1000;
/** Between two beats of an engine that is awake lie fifteen seconds. */
const sleptMs = 60_000;

export class AlertService {
  readonly routes: Routes;
  readonly courier: Courier;
  readonly watch: AlertWatch;
  readonly #options: AlertServiceOptions;
  /** Loaded when it is first asked: by a command, hardly ever. */
  #facts: FactsReader | null = null;
  /** By tenant: the newest, and one that has not begun. */
  readonly #shown = new Map<string, Promise<void>>();
  readonly #toShow = new Map<string, Promise<void>>();
  #wakes = 0;
  #wokeAtMs: number;
  #lastBeatMs: number;
  #hasTicked = false;

  constructor(options: AlertServiceOptions) {
    this.#options = options;
    const { catalog, home, secrets, nowMs, tenants, activeOf, desktop, onFailure } = options;
    this.#wokeAtMs = nowMs();
    this.#lastBeatMs = nowMs();
    this.routes = new Routes({ home, secrets, nowMs, desktopOf: desktop?.tenant ?? null });
    const consoleOf = (tenant: string) => ({ hostname: processIdentity().hostname, tenant, zone: machineZone() });
    const notifyDesktop = desktop?.notify ?? null;
    this.courier = new Courier({ catalog, routes: this.routes, nowMs, consoleOf, notifyDesktop });
    this.watch = new AlertWatch({
      catalog,
      routes: this.routes,
      courier: this.courier,
      nowMs,
      tenants: async () => [...new Set([...(await tenants()), ...(await activeOf(await this.routes.tenants()))])],
      isActive: async (tenant) => (await activeOf([tenant])).length > 0,
      facts: (caller) => this.facts(caller),
      onChange: (caller) => void this.show(caller).catch(onFailure),
      onFailure,
    });
  }

  /** What is decided by, as it is now. */
  async facts(caller: Caller): ReturnType<FactsReader['read']> {
    const { FactsReader: Reader } = await import('./alert-facts.ts');
    const options = this.#options;
    this.#facts ??= new Reader({
      ...options,
      wokeAtMs: () => this.#wokeAtMs,
      isSettled: () => !options.stays || (this.#hasTicked && Math.abs(options.nowMs() - this.#lastBeatMs) <= sleptMs),
    });
    return this.#facts.read(caller);
  }

  /** How often the machine has woken. */
  get wakes(): number {
    return this.#wakes;
  }

  /**
   * After the schedule has looked: what it is about to make up for is known then. `wakes` is how often the machine had
   * woken when it began to.
   */
  async beat(wakes: number): Promise<void> {
    const isOfNow = wakes === this.#wakes;
    const now = this.#options.nowMs();
    if (Math.abs(now - this.#lastBeatMs) > sleptMs) this.woke();
    this.#lastBeatMs = now;
    // A look from before the schedule had looked has judged nothing.
    if (isOfNow && !this.#hasTicked) this.watch.hurry();
    this.#hasTicked ||= isOfNow;
    await this.watch.beat();
  }

  /** The machine has slept. */
  woke(): void {
    this.#wakes += 1;
    this.#wokeAtMs = this.#options.nowMs();
    // So that a beat that was under way does not find the same sleep once more.
    this.#lastBeatMs = this.#wokeAtMs;
    this.#facts?.forget();
    this.#hasTicked = false;
    this.watch.hurry();
  }

  /**
   * What screens see of the tenant's alerts is what is open now. Whoever asks before it has begun to look shares it with
   * those before: many may change at once.
   */
  show(caller: Caller): Promise<void> {
    const shared = this.#toShow.get(caller.tenant);
    if (shared !== undefined) return shared;
    const before = this.#shown.get(caller.tenant) ?? Promise.resolve();
    const begin = (): Promise<void> => {
      this.#toShow.delete(caller.tenant);
      return this.#showNow(caller);
    };
    const mine = before.then(begin, begin);
    this.#toShow.set(caller.tenant, mine);
    this.#shown.set(caller.tenant, mine);
    return mine;
  }

  async #showNow(caller: Caller): Promise<void> {
    const { alerts } = await this.#options.catalog.read('alerts.open', caller, { limit: shown });
    this.#options.live.showAlerts(caller.tenant, alerts.map(presentAlert));
  }

  close(): Promise<void> {
    return this.watch.close();
  }
}
