/** One run that moves protection to another repository: its steps as they go, and at the end what to do next. */
import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Move } from '../../../shared/contract/failover.ts';
import type { RestoreRun } from '../../../shared/contract/restore-runs.ts';
import { May } from '../../client/may.tsx';
import { actorWords } from '../../components/actor.tsx';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { moveRail } from '../../components/move-rail.ts';
import { Count } from '../../components/numbers.tsx';
import { Fact, Facts, Page, Panel } from '../../components/page.tsx';
import { PathText } from '../../components/path-text.tsx';
import { DayTime } from '../../components/relative-time.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { StepRail } from '../../components/step-rail.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { halfwayWords, moveAdvice, moveExceptions, moveHeadline, moveStanding } from './move-words.ts';
import styles from './recovery.module.css';
import { RunActions } from './run-actions.tsx';
import { RunSteps } from './run-steps.tsx';

type MoveRunProps = {
  readonly run: RestoreRun;
  readonly move: Move;
  /** When it was begun and ended, and how it goes. */
  readonly times: ReactNode;
  readonly atWork: ReactNode;
};

export function MoveRun({ run, move, times, atWork }: MoveRunProps) {
  const standing = moveStanding(run);
  const isOver = standing === 'over';
  const headline = (
    <div className={styles['headline']}>
      <span className={styles['big']} role="status">
        {moveHeadline(run, move)}
      </span>
      {times}
    </div>
  );
  return (
    <Page title={visibleText(run.title)} sub={`From ${visibleText(move.from.name)} to ${visibleText(move.to.name)}.`}>
      <StepRail label="Steps of the move" steps={moveRail(isOver ? 'Report' : 'Run', run.state === 'failed')} />
      <div className={styles['guide']}>
        <div className={styles['form']}>
          {isOver ? <MoveReport run={run} move={move} headline={headline} /> : null}
          <Panel title={isOver ? 'Steps' : undefined}>
            {isOver ? null : headline}
            {atWork}
            {run.error === null ? null : <ErrorNotice problem={run.error} />}
            {standing === 'half' ? (
              <Notice tone="miss" title="The move is half done">
                {visibleText(halfwayWords(run, move))} Going on takes up the step it was at.
              </Notice>
            ) : null}
            <RunSteps run={run} />
            <May call="restoreRuns.start">
              <RunActions run={run} />
            </May>
          </Panel>
        </div>
        <div className={styles['side']}>
          <MoveFacts run={run} move={move} />
          <Panel title="If this goes wrong">
            <div>{wayBack(run)}</div>
          </Panel>
        </div>
      </div>
    </Page>
  );
}

type MoveReportProps = Pick<MoveRunProps, 'run' | 'move'> & { readonly headline: ReactNode };

function MoveReport({ run, move, headline }: MoveReportProps) {
  const navigate = useNavigate();
  const exceptions = moveExceptions(run);
  const moved = run.state === 'done' || run.state === 'partial';
  return (
    <Panel title="Report">
      {headline}
      {exceptions.length === 0 ? null : (
        <Notice tone="part" title="Not all went as it should">
          <ul>
            {exceptions.map((words) => (
              <li key={words}>{visibleText(words)}</li>
            ))}
          </ul>
        </Notice>
      )}
      <h3>What to do next</h3>
      <ol aria-label="What to do next">
        {moveAdvice(run, move).map(({ id, words }) => (
          <li key={id}>{visibleText(words)}</li>
        ))}
      </ol>
      <div className={styles['actions']}>
        {moved && move.kind === 'failover' ? (
          <May call="failover.preview">
            <Button
              onClick={() => void navigate({ to: '/sites/protection/move', search: { to: move.from.connection } })}
            >
              Look ahead to the way back…
            </Button>
          </May>
        ) : null}
        <Button onClick={() => void navigate({ to: '/sites' })}>Sites</Button>
        <ShowCommand
          commands={[
            ['holdfast', 'failover', '--undo', run.id],
            ['holdfast', 'failover', '--dry-run'],
          ]}
        />
      </div>
    </Panel>
  );
}

function MoveFacts({ run, move: { from, to, losses, plannedAt } }: { readonly run: RestoreRun; readonly move: Move }) {
  const missing = losses.reduce((sum, loss) => sum + loss.missing, 0);
  return (
    <Panel title="Protection moves">
      <Facts>
        <Fact name="From">
          <PathText path={from.location} />
        </Fact>
        <Fact name="To">
          <PathText path={to.location} />
        </Fact>
        <Fact name="Planned">
          <DayTime at={plannedAt} />
        </Fact>
        <Fact name="Missing there then">
          <Count value={missing} /> {missing === 1 ? 'snapshot' : 'snapshots'}
        </Fact>
        <Fact name="Begun by">{actorWords(run.actor)}</Fact>
      </Facts>
    </Panel>
  );
}

function wayBack({ closedAt, state }: RestoreRun): string {
  if (closedAt !== null) return 'This run is closed: it is not undone any more. Protection can be moved again.';
  if (state === 'undone') return 'It was undone.';
  return 'Stopping keeps what was copied. Undoing protects into the former repository again and lets runs begin; snapshots stay wherever they are.';
}
