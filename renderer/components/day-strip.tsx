/** One source's days in a row: a cell for each, its state told by colour and by shape. */
import { dayStates, sayDays, type Day, type DayState } from './days.ts';
import styles from './day-strip.module.css';

type DayStripProps = { readonly days: readonly Day[] };

export function DayStrip({ days }: DayStripProps) {
  return (
    <span className={styles['strip']} role="img" aria-label={sayDays(days)}>
      {days.map((day) => (
        <span
          key={day.date}
          className={styles['cell']}
          data-state={day.state}
          title={`${day.date}: ${day.words ?? dayStates[day.state]}`}
        />
      ))}
    </span>
  );
}

const legendOrder: readonly DayState[] = ['complete', 'exceptions', 'partial', 'missed', 'failed', 'running', 'none'];

/** What the cells mean; only those that occur, where `states` is given. */
export function DayLegend({ states = legendOrder }: { readonly states?: readonly DayState[] }) {
  return (
    <span className={styles['legend']}>
      {legendOrder
        .filter((state) => states.includes(state))
        .map((state) => (
          <span key={state} className={styles['entry']}>
            <span className={styles['cell']} data-state={state} aria-hidden="true" />
            {dayStates[state]}
          </span>
        ))}
    </span>
  );
}
