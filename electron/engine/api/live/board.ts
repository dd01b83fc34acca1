/**
 * What is known at this moment, by tenant and collection, for screens that watch. A watcher gets all of it once and then
 * what has changed: a slow one gets fewer and larger changes, and never a queue of old ones.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Collection, LiveChange, LiveEvent, LiveState } from '../../../../shared/contract/live.ts';

type Value<Name extends Collection> = LiveState[Name][string];

/** Between two deltas to one watcher. */
const deltaEveryMs = 150;
const beatEveryMs = 5_000;

/** Told of every change, before anybody sees it. */
type OnChange = <Name extends Collection>(
  tenant: string,
  collection: Name,
  before: Value<Name> | null,
  after: Value<Name> | null,
) => void;

type Watcher = { readonly changes: Map<string, LiveChange>; wake: () => void };
type Tenant = { readonly state: LiveState; readonly watchers: Set<Watcher> };

export class LiveBoard {
  readonly #tenants = new Map<string, Tenant>();
  readonly #onFirstWatch: (tenant: string) => void;
  readonly #onChange: OnChange;

  /** `onFirstWatch` is told when a tenant without watchers gets one. */
  constructor(onFirstWatch: (tenant: string) => void, onChange: OnChange) {
    this.#onFirstWatch = onFirstWatch;
    this.#onChange = onChange;
  }

  /** Null takes the entry away. */
  set<Name extends Collection>(tenant: string, collection: Name, key: string, value: Value<Name> | null): void {
    const { state, watchers } = this.#of(tenant);
    const entries = state[collection] as Record<string, Value<Name>>;
    const before = entries[key] ?? null;
    if (isDeepStrictEqual(before, value)) return;
    this.#onChange(tenant, collection, before, value);
    if (value === null) delete entries[key];
    else entries[key] = value;
    for (const watcher of watchers) {
      watcher.changes.set(`${collection} ${key}`, { collection, key, value });
      watcher.wake();
    }
  }

  /** Makes the collection exactly this. */
  replace<Name extends Collection>(tenant: string, collection: Name, entries: ReadonlyMap<string, Value<Name>>): void {
    for (const key of Object.keys(this.#of(tenant).state[collection])) {
      if (!entries.has(key)) this.set(tenant, collection, key, null);
    }
    for (const [key, value] of entries) this.set(tenant, collection, key, value);
  }

  get<Name extends Collection>(tenant: string, collection: Name, key: string): Value<Name> | null {
    const entries = this.#of(tenant).state[collection] as Record<string, Value<Name>>;
    return entries[key] ?? null;
  }

  get watchers(): number {
    return [...this.#tenants.values()].reduce((sum, { watchers }) => sum + watchers.size, 0);
  }

  /** All there is, then changes, until `signal` fires. */
  async *watch(tenant: string, signal: AbortSignal | undefined): AsyncGenerator<LiveEvent, void> {
    const { state, watchers } = this.#of(tenant);
    const isFirst = watchers.size === 0;
    const alarm = new Alarm();
    const watcher: Watcher = { changes: new Map(), wake: () => alarm.ring() };
    const stop = (): void => alarm.ring();
    watchers.add(watcher);
    signal?.addEventListener('abort', stop);
    try {
      if (isFirst) this.#onFirstWatch(tenant);
      let sequence = 0;
      watcher.changes.clear();
      yield { type: 'state', sequence, state: structuredClone(state) };
      const stopped = (): boolean => signal?.aborted ?? false;
      while (!stopped()) {
        if (watcher.changes.size === 0) await alarm.wait(beatEveryMs);
        if (watcher.changes.size > 0) await new Alarm().wait(deltaEveryMs);
        if (stopped()) return;
        if (watcher.changes.size === 0) {
          yield { type: 'beat', sequence };
          continue;
        }
        const changes = [...watcher.changes.values()];
        watcher.changes.clear();
        sequence += 1;
        yield { type: 'delta', sequence, changes };
      }
    } finally {
      signal?.removeEventListener('abort', stop);
      watchers.delete(watcher);
    }
  }

  #of(tenant: string): Tenant {
    const known = this.#tenants.get(tenant);
    if (known !== undefined) return known;
    // Keys come from outside: with a prototype, one called `__proto__` would be lost.
    const none = <Entry>(): Record<string, Entry> => Object.create(null) as Record<string, Entry>;
    const state: LiveState = {
      engine: none(),
      repositories: none(),
      sources: none(),
      jobs: none(),
      runs: none(),
      planRuns: none(),
      alerts: none(),
      incidents: none(),
      suspects: none(),
      notices: none(),
    };
    const made = { state, watchers: new Set<Watcher>() };
    this.#tenants.set(tenant, made);
    return made;
  }
}

/** Wakes up when it is rung, at the latest after a time. A ring while nobody waits is remembered. */
class Alarm {
  #rung = Promise.withResolvers<void>();

  ring(): void {
    this.#rung.resolve();
  }

  async wait(atMostMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, atMostMs);
      timer.unref();
    });
    await Promise.race([this.#rung.promise, late]);
    clearTimeout(timer);
    this.#rung = Promise.withResolvers<void>();
  }
}
