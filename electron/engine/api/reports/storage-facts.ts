/** What repositories hold, and what comes in: sizes from the places themselves, growth from the book of runs. */
import { statfs } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { dateAfter } from '../../../../shared/model/date-after.ts';
import { daysBetween, lastDays } from '../../../../shared/model/days.ts';
import { HoldfastError, toHoldfastError } from '../../../../shared/model/errors.ts';
import { forecastFull, type FullForecast, type UsageSample } from '../../../../shared/model/forecast.ts';
import { parseLocation } from '../../../../shared/model/location.ts';
import type { StorageFacts, StoredRepository } from '../../../../shared/model/reports/storage.ts';
import type { ConnectionView } from '../../connections/connections.ts';
import { filesBytes } from '../../repository/stats.ts';
import type { CallContext } from '../context.ts';
import type { SourceScene } from './report-sources.ts';
import { totalsOf, type Asked } from './run-facts.ts';

/** Growth is drawn from so long. */
const growthDays = 90;
/** For listing the files of one repository. */
const listMs = 60_000;

type Stored = readonly { readonly repository: string; readonly day: number; readonly bytes: number }[];

export async function storageFacts(context: CallContext, scene: SourceScene, asked: Asked): Promise<StorageFacts> {
  const { catalog, caller } = context;
  const span = daysBetween(asked.fromMs, asked.toMs, asked.zone);
  const bounds = lastDays(context.nowMs(), growthDays, asked.zone)?.bounds ?? [];
  const [inPeriod, lately] = await Promise.all([
    catalog.read('reportFacts.storedByDay', caller, { bounds: span.bounds }),
    catalog.read('reportFacts.storedByDay', caller, { bounds }),
  ]);
  const looked = await Promise.all(
    scene.connections.map((one) =>
      lookAt(context, one, { snapshots: scene.snapshotsIn.get(one.id) ?? 0, inPeriod, lately, bounds }),
    ),
  );
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
    repositories: looked.map(({ repository }) => repository),
    sources,
    days: [...byDay]
      .toSorted(([a], [b]) => a - b)
      .map(([day, rows]) => ({
        date: dateAfter(span.first, day),
        storedBytes: rows.reduce((sum, { bytes }) => sum + bytes, 0),
      })),
    unknown: [
      ...looked.flatMap(({ problem }) => problem ?? []),
      ...(looked.length > 0
        ? []
        : ['Repositories that commands name, and that are not connected, were not looked at.']),
    ],
  };
}

type History = {
  readonly snapshots: number;
  readonly inPeriod: Stored;
  readonly lately: Stored;
  readonly bounds: readonly number[];
};

async function lookAt(
  context: CallContext,
  connection: ConnectionView,
  { snapshots, inPeriod, lately, bounds }: History,
): Promise<{ readonly repository: StoredRepository; readonly problem: string | null }> {
  const { name, location, primary, site, repository } = connection;
  const [used, freeBytes] = await Promise.all([usedBytes(context, connection), freeBytesAt(location)]);
  const own = lately.filter((one) => one.repository === repository);
  const forecast = foresee(samplesOf(own, bounds, used.bytes ?? 0), used.bytes, freeBytes, context.nowMs());
  return {
    repository: {
      name,
      location,
      role: primary ? 'primary' : site ? 'site' : 'other',
      snapshots,
      usedBytes: used.bytes,
      freeBytes,
      storedBytes: inPeriod.filter((one) => one.repository === repository).reduce((sum, { bytes }) => sum + bytes, 0),
      dailyBytes: forecast.growth?.bytesPerDay ?? null,
      fullAtMs: fullAt(forecast, context.nowMs()),
    },
    problem: used.problem,
  };
}

/** What it held at the end of each day, counted back from what it holds now: nothing was measured before. */
function samplesOf(stored: Stored, bounds: readonly number[], usedNow: number): readonly UsageSample[] {
  const [first] = stored;
  if (first === undefined) return [];
  const byDay = new Map(stored.map(({ day, bytes }) => [day, bytes]));
  const samples: UsageSample[] = [];
  let bytes = usedNow;
  for (let day = bounds.length - 2; day >= first.day; day -= 1) {
    samples.push({ atMs: (bounds[day + 1] ?? 0) - 1, bytes: Math.max(0, bytes) });
    bytes -= byDay.get(day) ?? 0;
  }
  return samples;
}

function foresee(
  samples: readonly UsageSample[],
  used: number | null,
  free: number | null,
  nowMs: number,
): FullForecast {
  const limitBytes = used === null || free === null ? null : used + free;
  return forecastFull(samples, { usedBytes: used ?? 0, limitBytes, nowMs });
}

function fullAt(forecast: FullForecast, nowMs: number): number | null {
  if (forecast.state === 'full') return nowMs;
  return forecast.state === 'known' ? forecast.likelyAtMs : null;
}

async function usedBytes(
  { connections, caller }: CallContext,
  { id, name, state }: ConnectionView,
): Promise<{ readonly bytes: number | null; readonly problem: string | null }> {
  if (state !== 'open') return { bytes: null, problem: `How large ${name} is was not looked at: it is ${state}.` };
  try {
    const looking = connections.open(caller, { id }).then((repository) => filesBytes(repository));
    return { bytes: await Promise.race([looking, late()]), problem: null };
  } catch (error) {
    return { bytes: null, problem: `How large ${name} is could not be found out: ${toHoldfastError(error).message}` };
  }
}

async function late(): Promise<never> {
  await sleep(listMs, undefined, { ref: false });
  throw new HoldfastError('REPOSITORY_UNREACHABLE', `Its files were not listed within ${listMs / 1000} s.`);
}

async function freeBytesAt(location: string): Promise<number | null> {
  const parsed = parseLocation(location);
  if (parsed.kind !== 'local') return null;
  const found = await statfs(parsed.folder).catch(() => null);
  return found === null ? null : found.bavail * found.bsize;
}
