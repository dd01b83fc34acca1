/** Of each source the snapshot that leads back to before, or that none does, in words. */
import { Checkbox } from '@mantine/core';
import type { RestorePoint } from '../../../shared/contract/incidents.ts';
import { DayTime, RelativeTime } from '../../components/relative-time.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { toggled } from '../../components/table-model.ts';
import { visibleText } from '../../components/visible-text.ts';
import { pointKey, pointWords } from './before-model.ts';
import styles from './recovery.module.css';

type BeforePointsProps = {
  readonly points: readonly RestorePoint[];
  /** Keys of those that are not chosen. */
  readonly left: ReadonlySet<string>;
  readonly onLeft: (left: ReadonlySet<string>) => void;
};

export function BeforePoints({ points, left, onLeft }: BeforePointsProps) {
  const machines = new Set(points.map(({ hostname }) => hostname)).size;
  if (points.length === 0) return <div className={styles['dim']}>The catalog knows no snapshot of any source.</div>;
  return (
    <ul className={styles['list']} aria-label="Sources" tabIndex={0}>
      {points.map((point) => {
        const { source, hostname, snapshot, takenAt } = point;
        const key = pointKey(point);
        const name = machines === 1 ? visibleText(source) : `${visibleText(source)} on ${visibleText(hostname)}`;
        return (
          <li key={key}>
            <Checkbox aria-label={name} checked={!left.has(key)} onChange={() => onLeft(toggled(left, key))} />
            <div className={styles['grow']}>
              <div>{name}</div>
              <div className={styles['dim']}>{pointWords(point)}</div>
            </div>
            {snapshot === null || takenAt === null ? (
              <StatusBadge tone="miss">none leads back</StatusBadge>
            ) : (
              <div className={styles['when']}>
                <DayTime at={takenAt} />
                <div className={styles['dim']}>
                  <code>{snapshot.slice(0, 8)}</code>, <RelativeTime at={takenAt} />
                </div>
              </div>
            )}
          </li>
        );
      })}
    </ul>
  );
}
