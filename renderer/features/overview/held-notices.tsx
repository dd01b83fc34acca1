/** What keeps runs from beginning by themselves: the pause of everything, and what is due and waits. */
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { SourceState } from '../../../shared/contract/live.ts';
import { formatCount } from '../../../shared/model/units.ts';
import { pauseOfAll, waitingGroups, type Waiting } from '../../../shared/model/waiting.ts';
import { problemIn, useOrder } from '../../client/ask.ts';
import { useIsLive } from '../../client/live-store.ts';
import { May } from '../../client/may.tsx';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { PauseWords } from '../../components/pause-words.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { visibleText } from '../../components/visible-text.ts';

type HeldProps = { readonly sources: readonly SourceState[]; readonly nowMs: number };

/** Nothing where nothing is paused and nothing that is due waits. */
export function HeldNotices({ sources, nowMs }: HeldProps) {
  const pause = pauseOfAll(sources, nowMs);
  return (
    <>
      {pause === null ? null : <PausedAll pause={pause} />}
      {waitingGroups(sources).map((group) => (
        <Waits key={group.what} group={group} />
      ))}
    </>
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

function PausedAll({ pause }: { readonly pause: NonNullable<SourceState['pause']> }) {
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
        <PauseWords pause={pause} />
      </Notice>
      {problem === null ? null : <ErrorNotice problem={problem} />}
    </>
  );
}
