/** Automatic failover: who has the lease, what happens now, and what would happen if the owner fell silent. */
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { AutomaticState } from '../../../../shared/contract/automatic-failover.ts';
import { formatDuration } from '../../../../shared/model/units.ts';
import { problemIn, useOrder } from '../../../client/ask.ts';
import { automaticAnswers, useAutomatic } from '../../../client/automatic-failover.ts';
import { May } from '../../../client/may.tsx';
import { ErrorNotice, Notice } from '../../../components/error-notice.tsx';
import { Fact, Facts, Panel } from '../../../components/page.tsx';
import { DayTime } from '../../../components/relative-time.tsx';
import { CommandText } from '../../../components/show-command.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import styles from '../sites.module.css';
import { AutomaticActions } from './automatic-actions.tsx';
import { mayWords, sayAutomatic } from './automatic-words.ts';

export function AutomaticPanel() {
  const answer = useAutomatic();
  const problem = problemIn(answer);
  const automatic = answer.data?.automatic;
  return (
    <Panel title="Automatic failover" aside={automatic === null ? 'off' : undefined}>
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
      {automatic === null ? <Off /> : null}
      {automatic ? <On automatic={automatic} /> : null}
    </Panel>
  );
}

function Off() {
  return (
    <>
      <p className={styles['lead']}>
        One console can take over from another one by itself, once that is gone and its lease at a witness in a third
        place has run out. The witness is a site server; the owner and the console that stands by are set by these.
      </p>
      <CommandText
        commands={[
          ['holdfast', 'site', 'lease', 'add', '--help'],
          ['holdfast', 'failover', 'automatic', 'own', '--help'],
          ['holdfast', 'failover', 'automatic', 'stand-by', '--help'],
        ]}
      />
    </>
  );
}

function On({ automatic }: { readonly automatic: AutomaticState }) {
  const { role, lease, holder, witness, durationMs, heard, problem, standby, standing, power, obstacles, promotion } =
    automatic;
  const { tone, words } = sayAutomatic(automatic);
  return (
    <div className={styles['stack']}>
      {promotion === null || promotion.acknowledged ? null : <Promoted promotion={promotion} />}
      {obstacles.length === 0 ? null : (
        <Notice tone="fail" title="The owner is gone, and this console does not take over">
          {obstacles.map((obstacle) => (
            <div key={obstacle}>{visibleText(obstacle)}</div>
          ))}
        </Notice>
      )}
      <Facts>
        <Fact name="Now">
          <StatusBadge tone={tone}>{words}</StatusBadge> {visibleText(standing)}
        </Fact>
        <Fact name="This console may">{mayWords(power)}</Fact>
        {standby === null || role === 'owner' ? null : (
          <Fact name="Stands by for">
            {visibleText(standby.peer)}, with what is in {visibleText(standby.replicaName)}, at most{' '}
            {formatDuration(standby.maxAgeMs)} old; it is waited for {formatDuration(standby.graceMs)}
          </Fact>
        )}
        <Fact name="Lease">
          {lease}, as {holder}, {formatDuration(durationMs)} at a time; held by{' '}
          {heard === null ? 'somebody not known yet' : (heard.holder ?? 'nobody')}
        </Fact>
        <Fact name="Witness">
          {visibleText(witness.url)}
          {problem === null ? '' : `: ${visibleText(problem.message)}`}
        </Fact>
        {heard?.paused ? (
          <Fact name="Paused">
            {visibleText(heard.paused.reason)} ({heard.paused.by})
          </Fact>
        ) : null}
      </Facts>
      <AutomaticActions automatic={automatic} />
    </div>
  );
}

function Promoted({ promotion }: { readonly promotion: NonNullable<AutomaticState['promotion']> }) {
  const { at, from, run, done, problem, losses } = promotion;
  const acknowledge = useOrder((client) => client.failover.automatic.acknowledge({}), automaticAnswers);
  const failed = problemIn(acknowledge);
  const title = done
    ? `This console has taken over from ${visibleText(from)}`
    : `Taking over from ${visibleText(from)} came to nothing`;
  return (
    <>
      <Notice
        tone={done ? 'part' : 'fail'}
        title={title}
        actions={
          <May call="failover.automatic.acknowledge">
            <Button loading={acknowledge.isPending} onClick={() => acknowledge.mutate()}>
              I have seen it
            </Button>
          </May>
        }
      >
        <DayTime at={at} />
        {run === null ? null : (
          <>
            {', '}
            <Link to="/recovery/$run" params={{ run }}>
              see the run
            </Link>
          </>
        )}
        . {problem === null ? '' : visibleText(problem)}
        {losses.map(({ source, newestFrom, newestTo }) => (
          <div key={source}>
            {visibleText(source)}: the newest there was of {newestFrom === null ? 'no' : <DayTime at={newestFrom} />}
            {', here it is of '}
            {newestTo === null ? 'none' : <DayTime at={newestTo} />}
          </div>
        ))}
      </Notice>
      {failed === null ? null : <ErrorNotice problem={failed} />}
    </>
  );
}
