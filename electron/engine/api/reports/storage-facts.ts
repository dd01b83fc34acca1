/** What repositories hold, and when they are full, as the screen of storage has it; and what runs brought in a period. */
import { setTimeout as sleep } from 'node:timers/promises';
import { dateAfter } from '../../../../shared/model/date-after.ts';
import { daysBetween } from '../../../../shared/model/days.ts';
import { HoldfastError, toHoldfastError } from '../../../../shared/model/errors.ts';
import type { StorageFacts, StoredRepository } from '../../../../shared/model/reports/storage.ts';
import type { ConnectionView } from '../../connections/connections.ts';
import { outlookOf, type StoreOutlook } from '../../../../shared/model/storage.ts';
import { openAccess } from '../access.ts';
import type { CallContext } from '../context.ts';
import { measureRepository } from '../storage/measure.ts';
import { knownStores, type KnownStore } from '../storage/store-facts.ts';
import type { SourceScene } from './report-sources.ts';
import { totalsOf, type Asked } from './run-facts.ts';

/** For listing the files of one repository. */
const listMs = 60_000;

type Stored = readonly { readonly repository: string; readonly day: number; readonly bytes: number }[];

export async function storageFacts(context: CallContext, scene: SourceScene, asked: Asked): Promise<StorageFacts> {
  const { catalog, caller } = context;
  const span = daysBetween(asked.fromMs, asked.toMs, asked.zone);
  const inPeriod = await catalog.read('reportFacts.storedByDay', caller, { bounds: span.bounds });
  const problems = await Promise.all(scene.connections.map((one) => measure(context, one)));
  const nowMs = context.nowMs();
  const stores = await knownStores(context, scene.connections, nowMs);
  const sources = await Promise.all(
    scene.states.map(async (state) => {
      const { taken } = await totalsOf(context, state.name, asked);
      const { key: name, kind, bytes, files, snapshots } = state;
      return {
        name,
        kind,
        bytes,
        files,
        snapshots,
        addedBytes: taken?.bytesAdded ?? 0,
        storedBytes: taken?.bytesStored ?? 0,
      };
    }),
  );
  const byDay = Map.groupBy(inPeriod, ({ day }) => day);
  return {
    repositories: stores.map((store) => presentStore(store, { nowMs, snapshotsIn: scene.snapshotsIn, inPeriod })),
    sources,
    days: [...byDay]
      .toSorted(([a], [b]) => a - b)
      .map(([day, rows]) => ({
        date: dateAfter(span.first, day),
        storedBytes: rows.reduce((sum, { bytes }) => sum + bytes, 0),
      })),
    unknown: [
      ...problems.filter((problem) => problem !== null),
      ...(stores.length > 0
        ? []
        : ['Repositories that commands name, and that are not connected, were not looked at.']),
    ],
  };
}

type Beside = Pick<SourceScene, 'snapshotsIn'> & { readonly nowMs: number; readonly inPeriod: Stored };

function presentStore(store: KnownStore, { nowMs, snapshotsIn, inPeriod }: Beside): StoredRepository {
  const { id, name, location, primary, site, repository } = store.connection;
  const { usedBytes, forecast } = outlookOf(store, nowMs);
  return {
    name,
    location,
    role: primary ? 'primary' : site ? 'site' : 'other',
    snapshots: snapshotsIn.get(id) ?? 0,
    usedBytes,
    freeBytes: usedBytes === null || store.fitsBytes === null ? null : Math.max(0, store.fitsBytes - usedBytes),
    storedBytes: inPeriod.filter((one) => one.repository === repository).reduce((sum, { bytes }) => sum + bytes, 0),
    dailyBytes: forecast.growth?.bytesPerDay ?? null,
    fullAtMs: fullAt(forecast, nowMs),
  };
}

function fullAt(forecast: StoreOutlook['forecast'], nowMs: number): number | null {
  if (forecast.state === 'full') return nowMs;
  return forecast.state === 'known' ? forecast.likelyAtMs : null;
}

/** Anew, where it is open; else what was measured last stands. What kept it from that, as a sentence. */
async function measure(context: CallContext, { id, name, state }: ConnectionView): Promise<string | null> {
  if (state !== 'open') return `How large ${name} is was not looked at: it is ${state}.`;
  try {
    const looking = openAccess(context, { id }).then((repository) =>
      measureRepository(context, repository, context.nowMs()),
    );
    await Promise.race([looking, late()]);
    return null;
  } catch (error) {
    return `How large ${name} is could not be found out: ${toHoldfastError(error).message}`;
  }
}

async function late(): Promise<never> {
  await sleep(listMs, undefined, { ref: false });
  throw new HoldfastError('REPOSITORY_UNREACHABLE', `Its files were not listed within ${listMs / 1000} s.`);
}
