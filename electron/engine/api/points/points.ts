import type { RecoveryPoint } from '../../../../shared/contract/points.ts';
import type { Consistency } from '../../../../shared/model/hooks.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { PointRow } from '../../catalog/points.ts';
import { handlers, type CallContext } from '../context.ts';
import { isoTime } from '../present-site.ts';
import { streamAnswer } from '../stream-job.ts';
import { examinePoint } from './examine.ts';
import { knownPlaces, placesOf, regionsOf } from './places.ts';
import { rankedPlaces } from './rank.ts';

/** More of one source than anybody chooses from. */
const mostPoints = 5_000;

export const pointsHandlers = {
  list: handlers.points.list.handler(({ input, context }) => listPoints(context, input)),
  find: handlers.points.find.handler(async ({ input, context }) => {
    const { snapshot } = input;
    const of = await context.catalog.read('points.sourceOf', context.caller, { snapshot });
    const { points } = of === null ? { points: [] } : await listPoints(context, { ...of, limit: mostPoints });
    const found = points.find(
      ({ id, places }) => id.startsWith(snapshot) || places.some((place) => place.snapshot.startsWith(snapshot)),
    );
    if (found === undefined) throw new HoldfastError('SNAPSHOT_NOT_FOUND', `No snapshot is called ${snapshot}.`);
    return found;
  }),
  places: handlers.points.places.handler(({ input, context }) => rankedPlaces(context, input)),
  examine: handlers.points.examine.handler(async function* ({ input, context, signal }) {
    const answer = streamAnswer(signal, async (voice) => ({ copies: await examinePoint(context, input, voice) }));
    for await (const event of answer) if (event.type !== 'issue') yield event;
  }),
};

async function listPoints(
  context: CallContext,
  {
    source,
    hostname,
    limit,
  }: { readonly source: string; readonly hostname?: string | undefined; readonly limit: number },
): Promise<{ points: RecoveryPoint[]; total: number }> {
  const { catalog, caller } = context;
  const [{ points, total }, places, natives] = await Promise.all([
    catalog.read('points.list', caller, { source, hostname: hostname ?? null, limit }),
    knownPlaces(context, undefined),
    catalog.read('nativeSnapshots.list', caller, { source }),
  ]);
  return {
    points: points.map((point) => ({
      ...present(point),
      places: [...placesOf(point.copies, places), ...regionsOf(natives.snapshots, point.run)],
    })),
    total,
  };
}

function present(point: PointRow): Omit<RecoveryPoint, 'places'> {
  const { original, source, hostname, takenAtMs, status, consistency, consistencyProblem, files, bytes, hold } = point;
  return {
    id: original,
    source,
    hostname,
    takenAt: isoTime(takenAtMs),
    status: status as RecoveryPoint['status'],
    consistency: consistency as Consistency | null,
    consistencyProblem,
    files,
    bytes,
    hold:
      hold === null
        ? null
        : { snapshot: hold.snapshot, reason: hold.reason, author: hold.author, since: isoTime(hold.sinceMs) },
    suspect: point.suspect,
    verified: point.verified === null ? null : { at: isoTime(point.verified.atMs), how: point.verified.how },
  };
}
