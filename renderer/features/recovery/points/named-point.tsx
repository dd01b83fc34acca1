/** What decides about the point that somebody has typed: an id, the beginning of one, or `latest` of a source. */
import { useDebouncedValue } from '@mantine/hooks';
import { useAnswer } from '../../../client/ask.ts';
import { DayTime } from '../../../components/relative-time.tsx';
import { PointDetails } from './point-notes.tsx';
import styles from './points.module.css';

/** Nothing while it is none that the catalog knows. `source` is what `latest` means; empty: of no source. */
export function NamedPoint({ source, snapshot }: { readonly source: string; readonly snapshot: string }) {
  const [typed] = useDebouncedValue(snapshot.trim(), 200);
  const isLatest = typed === 'latest' && source !== '';
  const isId = /^[0-9a-f]{4,64}$/.test(typed);
  const latest = useAnswer(
    ['points.list', source, 'newest'],
    (client, signal) => client.points.list({ source, limit: 1 }, { signal }),
    { enabled: isLatest },
  );
  const named = useAnswer(
    ['points.find', typed],
    (client, signal) => client.points.find({ snapshot: typed }, { signal }),
    { enabled: isId },
  );
  const point = isLatest ? latest.data?.points[0] : isId ? named.data : undefined;
  if (point === undefined) return null;
  return (
    <div>
      <span className={styles['dim']}>
        Taken <DayTime at={point.takenAt} />
      </span>
      <PointDetails key={point.id} point={point} />
    </div>
  );
}
