/** Recovery points of a source, found again by the id of any copy. */
import type { RecoveryPoint } from '../../../../shared/contract/points.ts';
import { useAnswer } from '../../../client/ask.ts';

export type PointOf = (snapshot: string) => RecoveryPoint | undefined;

const mostPoints = 500;

/** `host` null: on whichever machine. Newest first. */
export function usePointList(source: string, host: string | null) {
  return useAnswer(
    ['points.list', source, host],
    (client, signal) =>
      client.points.list({ source, limit: mostPoints, ...(host === null ? {} : { hostname: host }) }, { signal }),
    { enabled: source !== '' },
  );
}

/** Nothing is found while nobody has answered yet. */
export function usePoints(source: string, host: string | null): PointOf {
  const points = usePointList(source, host).data?.points ?? [];
  return (snapshot) => pointIn(points, snapshot);
}

export function pointIn(points: readonly RecoveryPoint[], snapshot: string): RecoveryPoint | undefined {
  return points.find(({ id, places }) => id === snapshot || places.some((place) => place.snapshot === snapshot));
}
