import type { StoredPlace } from '../../../../shared/contract/storage.ts';
import { HoldfastError, toHoldfastError } from '../../../../shared/model/errors.ts';
import { lockSentence, outlookOf, sayForecast, type StoreOutlook } from '../../../../shared/model/storage.ts';
import { openAccess } from '../access.ts';
import { handlers, type CallContext } from '../context.ts';
import { isoTime, timeOf } from '../present-site.ts';
import { measureRepository } from './measure.ts';
import { knownStores, type KnownStore } from './store-facts.ts';

const dayMs = 86_400_000;

export const storageHandlers = {
  list: handlers.storage.list.handler(async ({ context }) => ({ places: await storedPlaces(context) })),
  measure: handlers.storage.measure.handler(async ({ context }) => {
    const problems: { name: string; message: string }[] = [];
    for (const { id, name } of await context.connections.list(context.caller)) {
      try {
        await measureRepository(context, await openAccess(context, { id }), context.nowMs());
      } catch (error) {
        problems.push({ name, message: toHoldfastError(error).message });
      }
    }
    return { places: await storedPlaces(context), problems };
  }),
  history: handlers.storage.history.handler(async ({ input, context }) => {
    const { catalog, caller } = context;
    const found = (await context.connections.list(caller)).find(({ id }) => id === input.connection);
    if (found === undefined)
      throw new HoldfastError('CONNECTION_UNKNOWN', `No repository is connected as ${input.connection}.`);
    const sinceMs = context.nowMs() - input.days * dayMs;
    const rows = await catalog.read('usage.list', caller, { repository: found.repository, sinceMs });
    return { samples: rows.map(({ atMs, bytes, fitsBytes }) => ({ at: isoTime(atMs), bytes, fitsBytes })) };
  }),
};

async function storedPlaces(context: CallContext): Promise<StoredPlace[]> {
  const nowMs = context.nowMs();
  const stores = await knownStores(context, await context.connections.list(context.caller), nowMs);
  return stores
    .map((store) => ({ store, outlook: outlookOf(store, nowMs) }))
    .toSorted((a, b) => fullAt(a.outlook) - fullAt(b.outlook) || (a.store.name < b.store.name ? -1 : 1))
    .map(({ store, outlook }) => present(store, outlook));
}

function present(store: KnownStore, outlook: StoreOutlook): StoredPlace {
  const { connection, name, site, samples, fitsBytes, fitsFrom, locks } = store;
  const { forecast, usedBytes, freeableAtMs, isFullUnderLocks } = outlook;
  const { growth } = forecast;
  const known = forecast.state === 'known' ? forecast : { earliestAtMs: null, likelyAtMs: null, latestAtMs: null };
  return {
    connection: connection.id,
    name,
    site: site !== null,
    location: connection.location,
    repository: connection.repository,
    measuredAt: timeOf(samples.at(-1)?.atMs ?? null),
    usedBytes,
    fitsBytes,
    fitsFrom,
    growth:
      growth === null
        ? null
        : {
            perDay: growth.bytesPerDay,
            lowPerDay: growth.lowPerDay,
            highPerDay: growth.highPerDay,
            days: growth.days,
          },
    full: {
      state: forecast.state,
      earliestAt: timeOf(known.earliestAtMs),
      likelyAt: timeOf(known.likelyAtMs),
      latestAt: timeOf(known.latestAtMs),
      words: sayForecast(forecast),
    },
    locks: locks === null ? null : { by: locks.by, words: lockSentence(locks, freeableAtMs) },
    fullUnderLocks: isFullUnderLocks,
  };
}

function fullAt({ forecast }: StoreOutlook): number {
  if (forecast.state === 'full') return 0;
  return (forecast.state === 'known' ? forecast.likelyAtMs : null) ?? Number.MAX_SAFE_INTEGER;
}
