/** A year of one source: a cell for each day, a column for each week. */
import { useEffect, useRef } from 'react';
import type { Day } from '../../components/days.ts';
import { sayDays } from '../../components/days.ts';
import { DayCell } from '../../components/day-strip.tsx';
import { weeksOf } from './calendar-model.ts';
import styles from './sources.module.css';

export function YearCalendar({ first, days }: { readonly first: string; readonly days: readonly Day[] }) {
  const scroller = useRef<HTMLDivElement>(null);
  // Where there is no room for all of it, today is what must be in sight.
  useEffect(() => {
    scroller.current?.scrollTo({ left: scroller.current.scrollWidth });
  }, []);
  return (
    <div ref={scroller} className={styles['calendar']} role="img" aria-label={sayDays(days)} tabIndex={0}>
      {weeksOf(first, days).map(({ key, days: week, month }) => (
        <div key={key} className={styles['week']}>
          <span className={styles['month']}>{month}</span>
          {week.map((day, index) =>
            day === null ? (
              <span key={`${key}-${index}`} className={styles['noDay']} />
            ) : (
              <DayCell key={day.date} day={day} />
            ),
          )}
        </div>
      ))}
    </div>
  );
}
