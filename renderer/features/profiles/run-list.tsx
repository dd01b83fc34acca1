/** Runs that are to come: when, for which periods, and until when the snapshot of each would be kept. */
import { absoluteTime, dayTime } from '../../components/format-time.ts';
import { visibleText } from '../../components/visible-text.ts';
import type { PreviewRun } from './calendar-model.ts';
import styles from './profiles.module.css';

type RunListProps = {
  readonly label: string;
  readonly runs: readonly PreviewRun[];
  readonly zone: string;
  readonly nowMs: number;
  readonly periodName: (id: string) => string;
};

export function RunList({ label, runs, zone, nowMs, periodName }: RunListProps) {
  return (
    <div className={styles['runs']} tabIndex={0} role="region" aria-label={label}>
      <table className={styles['table']} aria-label={label}>
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col">One snapshot for</th>
            <th scope="col">Kept until</th>
          </tr>
        </thead>
        <tbody>
          {runs.map(({ at, periods, keepUntil }) => (
            <tr key={at}>
              <td>
                <Moment at={at} zone={zone} nowMs={nowMs} />
              </td>
              <td>{periods.map((id) => visibleText(periodName(id))).join(' + ')}</td>
              <td>{keepUntil === null ? 'for ever' : <Moment at={keepUntil} zone={zone} nowMs={nowMs} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

type MomentProps = { readonly at: string; readonly zone: string; readonly nowMs: number };

/** By the clocks of the profile, which need not be those of whoever looks. */
function Moment({ at, zone, nowMs }: MomentProps) {
  const ms = Date.parse(at);
  return (
    <time dateTime={at} title={`${absoluteTime(ms, zone)}, ${zone}`}>
      {dayTime(ms, nowMs, zone)}
    </time>
  );
}
