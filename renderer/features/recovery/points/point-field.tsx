/** As of when, what decides about that point, and from which of the places that hold it it is read. */
import { Select } from '@mantine/core';
import type { ReactNode } from 'react';
import type { RecoveryPoint } from '../../../../shared/contract/points.ts';
import { problemIn } from '../../../client/ask.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { absoluteTime } from '../../../components/format-time.ts';
import { Skeleton } from '../../../components/skeleton.tsx';
import { PlacesField, type ChosenPlace } from './places-field.tsx';
import { PointDetails } from './point-notes.tsx';
import { pointIn, usePointList } from './use-points.ts';

/** A point, in a place that holds it. */
export type PlacedPoint = {
  readonly place: ChosenPlace;
  /** Id of the snapshot, as it is called where it was taken. */
  readonly point: string;
  /** As it is called in that place. */
  readonly snapshot: string;
  /** ISO-8601 UTC. */
  readonly takenAt: string;
};

type PointFieldProps = {
  readonly source: string;
  /** Null: on whichever machine. */
  readonly hostname: string | null;
  readonly description: string;
  /** By the id of any copy, or the beginning of one; of what is none, the newest is taken. */
  readonly wanted: string;
  readonly place: ChosenPlace | null;
  /** Id of a connection that comes before what would be faster. */
  readonly preferred?: string | undefined;
  readonly onPoint: (id: string) => void;
  readonly onPlace: (place: ChosenPlace, id: string) => void;
  /** What follows once a place is chosen. */
  readonly children?: (placed: PlacedPoint) => ReactNode;
};

/** Of kinds of sources whose restore reads from one place alone. */
export function PointField(props: PointFieldProps) {
  const { source, hostname, description, wanted, place, preferred, onPoint, onPlace, children } = props;
  const answer = usePointList(source, hostname);
  const problem = problemIn(answer);
  if (problem !== null) return <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />;
  if (answer.data === undefined) return <Skeleton lines={4} />;
  const { points } = answer.data;
  const point = pointIn(points, wanted) ?? points[0];
  if (point === undefined) return <EmptyState title="No snapshot of it is known" />;
  const { id, takenAt } = point;
  const snapshot = place?.snapshots[id];
  return (
    <>
      <Select
        label="As of"
        description={description}
        data={points.map(asChoice)}
        value={id}
        onChange={(value) => onPoint(value ?? id)}
        searchable
        limit={200}
        allowDeselect={false}
      />
      <PointDetails key={id} point={point} />
      <PlacesField
        snapshots={[id]}
        bytes={null}
        chosen={place}
        preferred={preferred}
        isHelpedOut={false}
        onChoose={(chosen) => onPlace(chosen, id)}
      />
      {place === null || snapshot === undefined ? null : children?.({ place, point: id, snapshot, takenAt })}
    </>
  );
}

function asChoice({ id, takenAt, status }: RecoveryPoint) {
  const partial = status === 'partial' ? '  partial' : '';
  return { value: id, label: `${absoluteTime(Date.parse(takenAt))}  ${id.slice(0, 8)}${partial}` };
}
