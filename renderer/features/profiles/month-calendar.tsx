/** A month of a profile: what runs on which day, by the clocks of the profile. */
import { Button } from '@mantine/core';
import { visibleText } from '../../components/visible-text.ts';
import { linesOf, type Month, type PreviewRun } from './calendar-model.ts';
import { countWords } from './count-words.ts';
import { weekdayNames } from './profile-words.ts';
import styles from './profiles.module.css';

type MonthCalendarProps = {
  readonly month: Month;
  readonly days: ReadonlyMap<string, readonly PreviewRun[]>;
  readonly zone: string;
  /** ISO date of the day that it is. */
  readonly today: string;
  readonly chosen: string | null;
  readonly periodName: (id: string) => string;
  readonly onChoose: (date: string | null) => void;
  /** Undefined: no further. */
  readonly onEarlier: (() => void) | undefined;
  readonly onLater: (() => void) | undefined;
};

const noDay = '\u00a0';
/** More of a day are counted. */
const shownLines = 3;

export function MonthCalendar(props: MonthCalendarProps) {
  const { month, onEarlier, onLater } = props;
  return (
    <div>
      <div className={styles['monthHead']}>
        <Button size="compact-xs" aria-label="The month before" disabled={onEarlier === undefined} onClick={onEarlier}>
          ‹
        </Button>
        <h3 aria-live="polite">{month.title}</h3>
        <Button size="compact-xs" aria-label="The month after" disabled={onLater === undefined} onClick={onLater}>
          ›
        </Button>
      </div>
      <table className={styles['calendar']} aria-label={`What runs in ${month.title}`}>
        <thead>
          <tr>
            {weekdayNames.map((name) => (
              <th key={name} scope="col" abbr={name}>
                {name.slice(0, 3)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {month.weeks.map((week, index) => (
            <tr key={week.find((date) => date !== null) ?? index}>
              {week.map((date, weekday) =>
                date === null ? (
                  <td key={`${weekday} none`} data-none>
                    {noDay}
                  </td>
                ) : (
                  <DayCell key={date} date={date} {...props} />
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

type DayCellProps = { readonly date: string } & MonthCalendarProps;

function DayCell({ date, days, zone, today, chosen, periodName, onChoose }: DayCellProps) {
  const runs = days.get(date) ?? [];
  const lines = linesOf(runs, zone, shownLines);
  const number = Number(date.slice(-2));
  const isChosen = chosen === date;
  const past = date < today;
  if (runs.length === 0) {
    return (
      <td data-past={past || undefined} data-today={date === today || undefined}>
        <span className={styles['date']}>{number}</span>
      </td>
    );
  }
  return (
    <td data-today={date === today || undefined} data-chosen={isChosen || undefined}>
      <button
        type="button"
        aria-pressed={isChosen}
        aria-label={`${number}: ${countWords(runs.length, 'run')}`}
        onClick={() => onChoose(isChosen ? null : date)}
      >
        <span className={styles['date']}>{number}</span>
        {lines.slice(0, shownLines).map(({ when, periods }) => {
          const names = periods.map((id) => visibleText(periodName(id)));
          return (
            <span key={`${when} ${periods.join(' ')}`} className={styles['run']} title={`${when} ${names.join(' + ')}`}>
              <b>{when}</b> {names.join(' + ')}
            </span>
          );
        })}
        {lines.length > shownLines ? <span className={styles['run']}>+ {lines.length - shownLines} more</span> : null}
      </button>
    </td>
  );
}
