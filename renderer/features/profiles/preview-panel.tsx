/** What the profile will do, beside what is written: a calendar of its runs, how much there will be, what may surprise. */
import { DateTime } from 'luxon';
import { useState } from 'react';
import type { ProfilePreview } from '../../../shared/contract/profiles.ts';
import { formatCount, formatDuration } from '../../../shared/model/units.ts';
import { problemIn } from '../../client/ask.ts';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { Bytes } from '../../components/numbers.tsx';
import { Fact, Facts, Panel } from '../../components/page.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { Term } from '../../components/term.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { byDay, dayTitle } from './calendar-model.ts';
import { WeekCalendar } from './week-calendar.tsx';
import styles from './profiles.module.css';
import { RunList } from './run-list.tsx';
import type { Previewed } from './use-preview.ts';

type PreviewPanelProps = {
  readonly previewed: Previewed;
  /** Of the calendar. */
  readonly page: number;
  readonly onPage: (page: number) => void;
  /** Whose figures the bytes are from; null: nobody's. */
  readonly source: string | null;
  readonly periodName: (id: string) => string;
};

/** Two years on. */
const farthest = 20;
const nextRuns = 10;

export function PreviewPanel({ previewed, page, onPage, source, periodName }: PreviewPanelProps) {
  const { answer, isOld } = previewed;
  const problem = problemIn(answer);
  return (
    <Panel title="Preview" aside={isOld && problem === null ? 'is worked out' : undefined}>
      <div className={styles['body']}>
        {problem === null || isOld ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
        {answer.data === undefined && problem === null ? <Skeleton lines={8} /> : null}
        {answer.data === undefined ? null : (
          <>
            <Amounts preview={answer.data} source={source} />
            <Runs preview={answer.data} previewed={previewed} page={page} onPage={onPage} periodName={periodName} />
          </>
        )}
      </div>
    </Panel>
  );
}

function Amounts({ preview, source }: { readonly preview: ProfilePreview; readonly source: string | null }) {
  const { steadyCount, steadyBytes, impliedRpoMs, warnings } = preview;
  return (
    <>
      {warnings.length === 0 ? null : (
        <Notice tone="part" title="What may surprise">
          <ul className={styles['lines']}>
            {warnings.map((text) => (
              <li key={text}>{visibleText(text)}</li>
            ))}
          </ul>
        </Notice>
      )}
      <Facts>
        <Fact name="In the long run">
          {steadyCount === null ? (
            'more and more: something is kept for ever'
          ) : (
            <>
              about {formatCount(steadyCount)} {steadyCount === 1 ? 'snapshot' : 'snapshots'} of each source
              {source === null ? null : steadyBytes === null ? (
                <span className={styles['dim']}>
                  ; how large is not known before {visibleText(source)} has run some times
                </span>
              ) : (
                <>
                  , about <Bytes value={steadyBytes} /> for {visibleText(source)}
                </>
              )}
            </>
          )}
        </Fact>
        <Fact
          name={
            <>
              <Term of="RPO" /> implied
            </>
          }
        >
          {impliedRpoMs === null ? 'none' : formatDuration(impliedRpoMs)}
        </Fact>
      </Facts>
    </>
  );
}

type RunsProps = { readonly preview: ProfilePreview } & Omit<PreviewPanelProps, 'source'>;

function Runs({ preview: { runs, more, zone }, previewed, page, onPage, periodName }: RunsProps) {
  const { weeks, nowMs } = previewed;
  const [chosen, setChosen] = useState<string | null>(null);
  const today = DateTime.fromMillis(nowMs, { zone }).toISODate() ?? '';
  const days = byDay(runs, zone);
  const ofDay = chosen === null ? undefined : days.get(chosen);
  const go = (next: number) => () => {
    setChosen(null);
    onPage(next);
  };
  const shown = ofDay ?? runs.slice(0, nextRuns);
  const label = ofDay === undefined || chosen === null ? listTitle(page, weeks.title) : dayTitle(chosen);
  return (
    <>
      <WeekCalendar
        weeks={weeks}
        days={days}
        zone={zone}
        today={today}
        chosen={ofDay === undefined ? null : chosen}
        periodName={periodName}
        onChoose={setChosen}
        onEarlier={page === 0 ? undefined : go(page - 1)}
        onLater={page >= farthest ? undefined : go(page + 1)}
      />
      {more ? <div className={styles['dim']}>Only the first {formatCount(runs.length)} runs are shown.</div> : null}
      <div className={styles['sectionHead']}>
        <h3>{label}</h3>
        <span className={styles['dim']}>by the clocks of {visibleText(zone)}</span>
      </div>
      {shown.length === 0 ? (
        <span className={styles['dim']}>Nothing runs.</span>
      ) : (
        <RunList label={label} runs={shown} zone={zone} nowMs={nowMs} periodName={periodName} />
      )}
    </>
  );
}

function listTitle(page: number, title: string): string {
  return page === 0 ? 'Next runs' : `First runs of ${title}`;
}
