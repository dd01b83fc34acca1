/** The answer of the engine as points of the picture. Pure. */
import type { TimelinePoint } from '../../components/timeline-model.ts';

type Answer = {
  readonly ids: readonly string[];
  /** Epoch seconds. */
  readonly takenAt: readonly number[];
  readonly statuses: readonly string[];
  readonly bytes: readonly (number | null)[];
  readonly held: readonly boolean[];
};

export function timelinePoints({ ids, takenAt, statuses, bytes, held }: Answer): readonly TimelinePoint[] {
  return ids.map((key, index) => ({
    key,
    at: (takenAt[index] ?? 0) * 1000,
    weight: bytes[index] ?? null,
    tone: held[index] === true ? 'held' : statuses[index] === 'partial' ? 'partial' : 'plain',
  }));
}

/** The one with the id, also a prefix of it; without an id the newest; null where there is none. */
export function chosenPoint(points: readonly TimelinePoint[], id: string | null): TimelinePoint | null {
  if (id === null) return points.at(-1) ?? null;
  return points.find(({ key }) => key.startsWith(id)) ?? null;
}
