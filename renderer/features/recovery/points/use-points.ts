/** Recovery points of a source, found again by the id of any copy. */
import type { RecoveryPoint } from '../../../../shared/contract/points.ts';
import { useAnswer } from '../../../client/ask.ts';

export type PointOf = (snapshot: string) => RecoveryPoint | undefined;

const mostPoints = 500;

/** `host` null: on whichever machine. Nothing is found while nobody has answered yet. */
export function usePoints(source: string, host: string | null): PointOf {
  const answer = useAnswer(
    ['points.list', source, host],
    (client, signal) =>
      client.points.list({ source, limit: mostPoints, ...(host === null ? {} : { hostname: host }) }, { signal }),
    { enabled: source !== '' },
  );
  const points = answer.data?.points ?? [];
  return (snapshot) =>
    points.find(({ id, places }) => id === snapshot || places.some((place) => place.snapshot === snapshot));
}
