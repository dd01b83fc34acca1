/**
 * The last events of each tenant, in order, for programs that follow them. It has a fixed size: whoever was away too long, or
 * reads too slowly, is told that some are missing. It lives as long as its engine, which its ids say.
 */
import type { EngineEvent } from '../../../../shared/contract/events.ts';
import type { EventFacts, EventKind } from '../../../../shared/model/engine-events.ts';

/** Of one tenant. */
const keptEvents = 2_000;

type Log = { readonly events: EngineEvent[]; next: number; readonly waiting: Set<() => void> };

export type Follow = {
  /** Id of the last event that is known; null: only what happens from now on. */
  readonly after: string | null;
  /** Empty: all. */
  readonly kinds: ReadonlySet<EventKind>;
};

export class EventLog {
  readonly #epoch: string;
  readonly #logs = new Map<string, Log>();

  /** `epoch` tells the ids of one engine from those of another: letters and digits. */
  constructor(epoch: string) {
    this.#epoch = epoch;
  }

  add(tenant: string, facts: EventFacts): void {
    const log = this.#of(tenant);
    log.events.push({ id: `${this.#epoch}-${log.next}`, at: new Date().toISOString(), tenant, ...facts });
    log.next += 1;
    if (log.events.length > keptEvents) log.events.shift();
    for (const wake of log.waiting) wake();
  }

  /** How many follow at this moment. */
  get followers(): number {
    return [...this.#logs.values()].reduce((sum, { waiting }) => sum + waiting.size, 0);
  }

  /** Goes on until `signal` fires. A follower holds nothing but its place. */
  async *follow(
    tenant: string,
    { after, kinds }: Follow,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<EngineEvent> {
    const log = this.#of(tenant);
    let rung = Promise.withResolvers<void>();
    const wake = (): void => rung.resolve();
    let place = after === null ? log.next : this.#placeAfter(log, after);
    log.waiting.add(wake);
    signal?.addEventListener('abort', wake);
    try {
      const begin = 'The stream begins';
      yield this.#ofStream(tenant, 'begin', begin, (place ?? log.next) - 1);
      for (;;) {
        if (signal?.aborted === true) return;
        const first = log.next - log.events.length;
        if (place === null || place < first) {
          place = first;
          yield this.#ofStream(tenant, 'gap', 'Events are missing here: look at the lists anew', first - 1);
          continue;
        }
        const event = log.events[place - first];
        if (event === undefined) {
          await rung.promise;
          rung = Promise.withResolvers<void>();
          continue;
        }
        place += 1;
        if (kinds.size === 0 || kinds.has(event.kind)) yield event;
      }
    } finally {
      log.waiting.delete(wake);
      signal?.removeEventListener('abort', wake);
    }
  }

  /** Null for an id of another engine, or none of ours. */
  #placeAfter(log: Log, id: string): number | null {
    const [epoch, number = ''] = id.split('-');
    if (epoch !== this.#epoch || !/^\d{1,15}$/.test(number)) return null;
    const place = Number(number) + 1;
    return place > log.next ? null : place;
  }

  /** Told to one follower alone. Its id leads to what follows it. */
  #ofStream(tenant: string, kind: 'begin' | 'gap', title: string, place: number): EngineEvent {
    return {
      id: `${this.#epoch}-${place}`,
      at: new Date().toISOString(),
      tenant,
      kind,
      what: kind,
      subject: null,
      title,
      source: null,
      actor: null,
      detail: null,
      code: null,
    };
  }

  #of(tenant: string): Log {
    const known = this.#logs.get(tenant);
    if (known !== undefined) return known;
    const made: Log = { events: [], next: 1, waiting: new Set() };
    this.#logs.set(tenant, made);
    return made;
  }
}
