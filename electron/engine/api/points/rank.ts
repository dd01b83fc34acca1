/** Where snapshots can be restored from: each place is asked whether it answers, and ranked by what was measured of it. */
import type { RankedPlaceView } from '../../../../shared/contract/points.ts';
import type { RepositoryAccess } from '../../../../shared/contract/common.ts';
import { toHoldfastError } from '../../../../shared/model/errors.ts';
import { rankPlaces, rateOf, type PlaceAsleep } from '../../../../shared/model/restore-places.ts';
import { isAsleep } from '../../../../shared/model/s3-archive.ts';
import type { HeldCopy } from '../../catalog/points.ts';
import { probe } from '../../connections/probe.ts';
import { describeAsleep } from '../../integrity/asleep.ts';
import type { Repository } from '../../repository/repository.ts';
import type { CallContext } from '../context.ts';
import { knownPlaces, openPlace, type KnownPlace } from './places.ts';

type Asked = {
  readonly repository?: RepositoryAccess | undefined;
  /** Ids in whichever repository. */
  readonly snapshots: readonly string[];
  readonly bytes: number | null;
};

type Ranked = { readonly bytes: number | null; readonly places: RankedPlaceView[] };

/** A screen that waits for this is no help on a bad day. */
const answerWithinMs = 10_000;

export async function rankedPlaces(context: CallContext, { repository, snapshots, bytes }: Asked): Promise<Ranked> {
  const { catalog, caller } = context;
  const [known, copies, speeds] = await Promise.all([
    knownPlaces(context, repository),
    catalog.read('points.copies', caller, { snapshots }),
    catalog.read('placeSpeeds.all', caller, null),
  ]);
  const wanted = bytes ?? bytesOf(snapshots, copies);
  const places = await Promise.all(
    [...known.values()].map(async (place) => {
      const held = heldAt(place, snapshots, copies);
      if (Object.keys(held).length === 0) return null;
      const look = await lookAt(context, place, repository);
      return {
        kind: place.kind,
        name: place.name,
        connection: place.connection?.id ?? null,
        repository: place.repository,
        location: place.location,
        snapshots: held,
        damagedFiles: place.damaged.size,
        rate: rateOf(speeds[place.repository] ?? []),
        held: Object.keys(held).length,
        wanted: snapshots.length,
        ...look,
      };
    }),
  );
  const ranked = rankPlaces(
    places.filter((place) => place !== null),
    wanted,
  );
  return { bytes: wanted, places: ranked.map((one) => ({ ...one, reasons: [...one.reasons] })) };
}

function heldAt(
  { repository }: KnownPlace,
  snapshots: readonly string[],
  copies: Readonly<Record<string, readonly HeldCopy[]>>,
): Record<string, string> {
  return Object.fromEntries(
    snapshots.flatMap((snapshot) => {
      const copy = copies[snapshot]?.find((one) => one.repository === repository);
      return copy === undefined ? [] : [[snapshot, copy.snapshot]];
    }),
  );
}

/** Null where one of them does not say. */
function bytesOf(snapshots: readonly string[], copies: Readonly<Record<string, readonly HeldCopy[]>>): number | null {
  let sum = 0;
  for (const snapshot of new Set(snapshots)) {
    const bytes = copies[snapshot]?.find((one) => one.bytes !== null)?.bytes ?? null;
    if (bytes === null) return null;
    sum += bytes;
  }
  return sum;
}

type Look = {
  readonly problem: string | null;
  readonly isLocal: boolean;
  readonly latencyMs: number | null;
  readonly asleep: PlaceAsleep | null;
};

async function lookAt(context: CallContext, place: KnownPlace, given: RepositoryAccess | undefined): Promise<Look> {
  const silent = { isLocal: place.location.startsWith('/'), latencyMs: null, asleep: null };
  const late = Promise.withResolvers<Look>();
  const timer = setTimeout(
    () => late.resolve({ ...silent, problem: `It has not answered for ${answerWithinMs / 1000} seconds.` }),
    answerWithinMs,
  );
  try {
    return await Promise.race([asked(context, place, given), late.promise]);
  } catch (error) {
    return { ...silent, problem: toHoldfastError(error).message };
  } finally {
    clearTimeout(timer);
  }
}

async function asked(context: CallContext, place: KnownPlace, given: RepositoryAccess | undefined): Promise<Look> {
  const repository = await openPlace(context, place, given);
  const startedAt = performance.now();
  const problem = await probe(repository);
  const latencyMs = performance.now() - startedAt;
  const isLocal = repository.backend.localFolder !== null;
  if (problem !== null) return { problem: problem.message, isLocal, latencyMs: null, asleep: null };
  return { problem: null, isLocal, latencyMs, asleep: await asleepAt(repository) };
}

/** Of all its data, as nobody has looked yet which of it is wanted: what is said is the most that it can be. */
async function asleepAt({ backend }: Repository): Promise<PlaceAsleep | null> {
  if (backend.wake === undefined) return null;
  const files = (await backend.list('data'))
    .filter(isAsleep)
    .map(({ name, size, archived }) => ({ kind: 'data' as const, name, size, readAtMs: null, archived }));
  const asleep = describeAsleep(files);
  if (asleep === null) return null;
  return { files: asleep.files, bytes: asleep.bytes, waitMs: asleep.waitMs, dollars: asleep.dollars };
}
