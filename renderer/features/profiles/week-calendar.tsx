/** Five weeks of a profile: what runs on which day, by the clocks of the profile. */
import { Button } from '@mantine/core';
import { visibleText } from '../../components/visible-text.ts';
import { linesOf, type CalendarDay, type PreviewRun, type Weeks } from './calendar-model.ts';
import { weekdayNames } from './profile-words.ts';
import styles from './profiles.module.css';

type WeekCalendarProps = {
  readonly weeks: Weeks;
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

/** More of a day are counted. */
const shownLines = 3;

export function WeekCalendar(props: WeekCalendarProps) {
  const { weeks, onEarlier, onLater } = props;
  return (
    <div>
      <div className={styles['monthHead']}>
        <Button
          size="compact-xs"
          aria-label="Five weeks earlier"
          disabled={onEarlier === undefined}
          onClick={onEarlier}
        >
          ‹
        </Button>
        <h3 aria-live="polite">{weeks.title}</h3>
        <Button size="compact-xs" aria-label="Five weeks later" disabled={onLater === undefined} onClick={onLater}>
          ›
        </Button>
      </div>
      <table className={styles['calendar']} aria-label={`What runs, ${weeks.title}`}>
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
          {weeks.weeks.map((week) => (
            <tr key={week[0]?.date ?? ''}>
              {week.map((day) => (
                <DayCell key={day.date} day={day} {...props} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

type DayCellProps = { readonly day: CalendarDay } & WeekCalendarProps;

function DayCell({ day: { date, label }, days, zone, today, chosen, periodName, onChoose }: DayCellProps) {
  const runs = days.get(date) ?? [];
  const lines = linesOf(runs, zone, shownLines);
  const isChosen = chosen === date;
  const past = date < today;
  if (runs.length === 0) {
    return (
      <td data-past={past || undefined} data-today={date === today || undefined}>
        <span className={styles['date']}>{label}</span>
      </td>
    );
  }
  return (
    <td data-today={date === today || undefined} data-chosen={isChosen || undefined}>
      <button type="button" aria-pressed={isChosen} onClick={() => onChoose(isChosen ? null : date)}>
        <span className={styles['date']}>{label}</span>
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
