/** What runs by itself: what comes next, what is due and waits, and the pause of everything. */
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { SourceState } from '../../../shared/contract/live.ts';
import { formatCount } from '../../../shared/model/units.ts';
import { comingRuns, pauseOfAll, waitingGroups, type Waiting } from '../../../shared/model/waiting.ts';
import { problemIn, useOrder } from '../../client/ask.ts';
import { useIsLive } from '../../client/live-store.ts';
import { May } from '../../client/may.tsx';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { Panel } from '../../components/page.tsx';
import { DayTime, RelativeTime } from '../../components/relative-time.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { visibleText } from '../../components/visible-text.ts';
import styles from './overview.module.css';

const shown = 5;

type ComingProps = { readonly sources: readonly SourceState[]; readonly nowMs: number };

/** Nothing where nothing runs by itself. */
export function ComingPanel({ sources, nowMs }: ComingProps) {
  const pause = pauseOfAll(sources, nowMs);
  const waiting = waitingGroups(sources);
  const coming = comingRuns(sources, nowMs);
  if (pause === null && waiting.length === 0 && coming.length === 0) return null;
  return (
    <Panel title="Next runs" aside={coming.length > shown ? `${formatCount(coming.length)} sources` : undefined}>
      {pause === null ? null : <PausedAll pause={pause} />}
      {waiting.map((group) => (
        <Waits key={group.what} group={group} />
      ))}
      {coming.length === 0 ? (
        <span className={styles['dim']}>None, as things are.</span>
      ) : (
        <ul className={styles['coming']}>
          {coming.slice(0, shown).map(({ source: { key, name, next } }) => (
            <li key={key}>
              <Link to="/sources/$source" params={{ source: key }} title={visibleText(name)}>
                {visibleText(name)}
              </Link>
              {next === null ? null : <RelativeTime at={next.at} className={styles['dim']} />}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

/** `payroll-db waits for mains power`. */
function Waits({ group: { what, sources } }: { readonly group: Waiting<SourceState> }) {
  const [first] = sources;
  return (
    <Notice tone="miss">
      {sources.length === 1 && first !== undefined ? (
        <Link to="/sources/$source" params={{ source: first.key }}>
          {visibleText(first.name)}
        </Link>
      ) : (
        `${formatCount(sources.length)} sources`
      )}{' '}
      {sources.length === 1 ? 'is due and waits' : 'are due and wait'} for {visibleText(what)}.
    </Notice>
  );
}

function PausedAll({ pause: { until, by, reason } }: { readonly pause: NonNullable<SourceState['pause']> }) {
  const live = useIsLive();
  const resume = useOrder((client, pausedScope: 'tenant') =>
    client.schedule.resume({ scope: pausedScope, subject: '' }),
  );
  const problem = problemIn(resume);
  return (
    <>
      <Notice
        tone="miss"
        title="Everything is paused"
        actions={
          <May call="schedule.resume">
            <ShowCommand commands={[['holdfast', 'resume']]} />
            <Button disabled={!live} loading={resume.isPending} onClick={() => resume.mutate('tenant')}>
              Resume everything
            </Button>
          </May>
        }
      >
        {until === null ? (
          'Until somebody ends it'
        ) : (
          <>
            Until <DayTime at={until} />
          </>
        )}
        , by {visibleText(by)}
        {reason === '' ? '.' : `: ${visibleText(reason)}`}
      </Notice>
      {problem === null ? null : <ErrorNotice problem={problem} />}
    </>
  );
}
