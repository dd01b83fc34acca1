/** From where a restore reads: every place that holds what is wanted, the one that is expected to be done first preselected. */
import { Radio } from '@mantine/core';
import { useEffect } from 'react';
import type { RankedPlaceView } from '../../../../shared/contract/points.ts';
import { formatDuration } from '../../../../shared/model/units.ts';
import { problemIn, useAnswer } from '../../../client/ask.ts';
import { useRefusal } from '../../../client/me.ts';
import { ErrorNotice, Notice } from '../../../components/error-notice.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import styles from './points.module.css';

/** A place that was chosen, by what has to be asked for there. */
export type ChosenPlace = {
  /** Id of the connection. */
  readonly connection: string;
  readonly name: string;
  readonly location: string;
  /** A site is named on a command line. */
  readonly isSite: boolean;
  /** What the snapshots that are wanted are called there. */
  readonly snapshots: Readonly<Record<string, string>>;
};

type PlacesFieldProps = {
  readonly snapshots: readonly string[];
  /** Null where nobody knows how much is wanted. */
  readonly bytes: number | null;
  readonly chosen: ChosenPlace | null;
  /** Id of a connection that comes before what would be faster, where it can be read from. */
  readonly preferred?: string | undefined;
  /** Whether what is damaged in one place, or goes away in the middle, comes from another one. */
  readonly isHelpedOut?: boolean;
  readonly onChoose: (place: ChosenPlace) => void;
};

export function PlacesField(props: PlacesFieldProps) {
  const { snapshots, bytes, chosen, preferred, isHelpedOut = true, onChoose } = props;
  const wanted = [...new Set(snapshots)].toSorted();
  const refusal = useRefusal('points.places');
  const answer = useAnswer(
    ['points.places', wanted, bytes],
    (client, signal) => client.points.places({ snapshots: wanted, bytes }, { signal }),
    { staleTimeMs: 0, enabled: refusal === null && wanted.length > 0 },
  );
  const places = answer.data?.places;
  const usable = places?.map(asChosen).filter((place) => place !== null) ?? [];
  const best = usable.find(({ connection }) => connection === preferred) ?? usable[0] ?? null;
  const isFor = (place: ChosenPlace): boolean => wanted.every((snapshot) => snapshot in place.snapshots);
  useEffect(() => {
    // A choice stays a choice, while it is one of what is wanted.
    if (best !== null && (chosen === null || !isFor(chosen))) onChoose(best);
  });
  if (refusal !== null) return null;
  const problem = problemIn(answer);
  if (problem !== null) return <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />;
  if (places === undefined) return <Skeleton lines={3} />;
  if (places.length === 0) return null;
  return (
    <Radio.Group
      label="Read from"
      description={`The place that is expected to be done first stands first.${isHelpedOut ? ' What is damaged in one place, or goes away in the middle, comes from another that holds it.' : ''}`}
      value={chosen?.connection ?? ''}
      onChange={(value) => {
        const next = usable.find(({ connection }) => connection === value);
        if (next) onChoose(next);
      }}
    >
      <div className={styles['places']}>
        {places.map((ranked) => (
          <PlaceChoice key={ranked.place.repository} ranked={ranked} />
        ))}
        {best === null ? (
          <Notice tone="fail" title="No place that holds it answers now">
            Connect one of them, or unlock it in Settings.
          </Notice>
        ) : null}
      </div>
    </Radio.Group>
  );
}

function PlaceChoice({ ranked }: { readonly ranked: RankedPlaceView }) {
  const { place, usable, expectedMs, reasons } = ranked;
  const time = expectedMs === null ? 'time unknown' : `about ${formatDuration(expectedMs)}`;
  const kind = place.kind === 'site' ? 'Site ' : '';
  return (
    <div className={styles['place']}>
      <Radio
        value={place.connection ?? place.repository ?? ''}
        disabled={!usable || place.connection === null}
        label={`${kind}${visibleText(place.name)}`}
        description={reasons.map(visibleText).join(' ')}
      />
      <div className={styles['time']}>{usable ? time : <StatusBadge tone="fail">not now</StatusBadge>}</div>
    </div>
  );
}

function asChosen({ place, usable }: RankedPlaceView): ChosenPlace | null {
  const { connection, name, location, kind, snapshots } = place;
  if (!usable || connection === null) return null;
  return { connection, name, location, isSite: kind === 'site', snapshots };
}
