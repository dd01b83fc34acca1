/** A week of hours to paint: with the pointer, or with arrows and Space; Shift paints on the way. */
import { useRef, useState, type KeyboardEvent } from 'react';
import { rateWords, type Rate } from '../../../shared/model/week-grid.ts';
import { dayLabels, hourOf, minutesOfDay, type Cells } from './week-cells.ts';
import styles from './sites.module.css';

type WeekTableProps = {
  readonly cells: Cells;
  readonly mayChange: boolean;
  /** From one minute of a day to before another. */
  readonly onPaint: (day: number, from: number, to: number) => void;
};

const steps: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
};

export function WeekTable({ cells, mayChange, onPaint }: WeekTableProps) {
  const table = useRef<HTMLDivElement>(null);
  // One stop for Tab; arrows lead on from it.
  const [at, setAt] = useState({ day: 0, hour: 0 });
  const paintHour = (day: number, hour: number): void => onPaint(day, hour * 60, hour * 60 + 60);
  const press = (event: KeyboardEvent, day: number, hour: number): void => {
    const step = steps[event.key];
    if (event.key === ' ' || event.key === 'Enter') paintHour(day, hour);
    else if (step === undefined) return;
    else {
      const next = { day: (day + step[0] + 7) % 7, hour: (hour + step[1] + 24) % 24 };
      if (event.shiftKey) paintHour(next.day, next.hour);
      setAt(next);
      table.current?.querySelector<HTMLElement>(`[data-cell="${next.day}-${next.hour}"]`)?.focus();
    }
    event.preventDefault();
  };
  return (
    <div ref={table} className={styles['week']} role="grid" aria-label="A week of hours">
      {dayLabels.map((label, day) => (
        <div key={label} role="row" className={styles['day']}>
          <div role="rowheader">
            <button
              type="button"
              disabled={!mayChange}
              title={`Paint all of ${label}`}
              onClick={() => onPaint(day, 0, minutesOfDay)}
            >
              {label}
            </button>
          </div>
          {Array.from({ length: 24 }, (_, hour) => {
            const one = hourOf(cells, day, hour);
            const words = one === 'mixed' ? 'changes within the hour' : rateWords(one);
            return (
              <button
                key={hour}
                type="button"
                role="gridcell"
                disabled={!mayChange}
                tabIndex={at.day === day && at.hour === hour ? 0 : -1}
                data-cell={`${day}-${hour}`}
                data-rate={lookOf(one)}
                aria-label={`${label} ${hour}:00, ${words}`}
                title={`${label} ${hour}:00 · ${words}`}
                onPointerDown={() => {
                  setAt({ day, hour });
                  paintHour(day, hour);
                }}
                onPointerEnter={(event) => event.buttons === 1 && paintHour(day, hour)}
                onKeyDown={(event) => press(event, day, hour)}
              />
            );
          })}
        </div>
      ))}
      <div className={styles['hours']} aria-hidden="true">
        {[0, 6, 12, 18].map((hour) => (
          <span key={hour}>{hour}:00</span>
        ))}
      </div>
    </div>
  );
}

function lookOf(rate: Rate | 'mixed'): string {
  return typeof rate === 'number' ? 'some' : rate;
}

/** What the looks of an hour mean; the words of each are on it, too. */
export function WeekLegend() {
  return (
    <span className={styles['legend']}>
      {(
        [
          ['full', 'full speed'],
          ['some', 'throttled'],
          ['mixed', 'changes within the hour'],
          ['off', 'nothing is sent'],
        ] as const
      ).map(([look, words]) => (
        <span key={look}>
          <i data-rate={look} aria-hidden="true" /> {words}
        </span>
      ))}
    </span>
  );
}
