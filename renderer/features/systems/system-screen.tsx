/** One system snapshot: what each part came to, and how all of it is brought back together. */
import { Button } from '@mantine/core';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { SystemSnapshot } from '../../../shared/contract/systems.ts';
import { isApart } from '../../../shared/model/together.ts';
import { formatCount, formatDuration } from '../../../shared/model/units.ts';
import { problemIn, useAnswer } from '../../client/ask.ts';
import { useIsLive, useJob, useLive, usePrimaryRepository, useSources } from '../../client/live-store.ts';
import { May } from '../../client/may.tsx';
import { togetherOf, useRestoreTogether } from '../../client/restore-together.ts';
import { useConnectionOf, useSystemsChange } from '../../client/systems.ts';
import { Notice } from '../../components/error-notice.tsx';
import { NoSuch } from '../../components/no-such.tsx';
import { JobCard } from '../../components/job-card.tsx';
import { Fact, Facts, Page, Panel } from '../../components/page.tsx';
import { DayTime, RelativeTime } from '../../components/relative-time.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { SystemParts } from '../../components/system-parts.tsx';
import { extentWords, systemTitle } from '../../../shared/model/together.ts';
import { saySystemState } from '../../components/system-words.ts';
import { visibleText } from '../../components/visible-text.ts';
import { restoreCommand } from './commands.ts';
import styles from './systems.module.css';
import { TakeAgain } from './take-again.tsx';

export function SystemScreen() {
  // Taken apart at once, it would be `any`.
  const params = useParams({ from: '/snapshots/systems/$system' });
  const id = params.system;
  const change = useSystemsChange();
  const answer = useAnswer(
    ['systems.show', id, change],
    (client, signal) => client.systems.show({ system: id }, { signal }),
    { keepPrevious: true },
  );
  const problem = problemIn(answer);
  const system = answer.data?.id.startsWith(id) === true ? answer.data : undefined;
  if (system !== undefined) return <SystemPage system={system} />;
  return (
    <Page title="System snapshot" sub={<Link to="/snapshots/systems">All system snapshots</Link>}>
      {problem === null ? (
        <Skeleton lines={8} />
      ) : (
        <NoSuch
          problem={problem}
          what="system snapshot"
          action={<Link to="/snapshots/systems">All system snapshots</Link>}
          onRetry={() => void answer.refetch()}
        >
          Its record may have been removed, or the address is cut short.
        </NoSuch>
      )}
    </Page>
  );
}

function SystemPage({ system }: { readonly system: SystemSnapshot }) {
  const { id, state, members, takenAt, by, job, commonAt, holdMs } = system;
  const { tone, words } = saySystemState(system);
  const title = visibleText(systemTitle(system));
  const sources = useSources();
  const keys = useMemo(() => new Set(sources.map(({ key }) => key)), [sources]);
  return (
    <Page
      title={title}
      sub={
        <span className={styles['state']}>
          <Link to="/snapshots/systems">System snapshots</Link> · {extentWords(system)}
          <StatusBadge tone={tone}>{words}</StatusBadge>
        </span>
      }
      actions={<Actions system={system} />}
      fill
    >
      {job === null || state !== 'running' ? null : <AtWork job={job} />}
      <Missing system={system} />
      <Apart system={system} />
      <Panel title="About it">
        <Facts>
          <Fact name="Taken">
            <DayTime at={takenAt} />, <RelativeTime at={takenAt} />
          </Fact>
          {commonAt === null || members.length < 2 ? null : (
            <Fact name="All held at">
              <DayTime at={commonAt} />
            </Fact>
          )}
          {holdMs === null ? null : <Fact name="Held at most">{formatDuration(holdMs)}</Fact>}
          <Fact name="By">{visibleText(by)}</Fact>
          {job === null ? null : (
            <Fact name="Job">
              <Link to="/activity/$job" params={{ job }}>
                {job}
              </Link>
            </Fact>
          )}
          <Fact name="Id">
            <code>{id}</code>
          </Fact>
        </Facts>
      </Panel>
      <Panel title="Parts" fill flush>
        <SystemParts members={members} sources={keys} connectionOf={useConnectionOf()} />
      </Panel>
    </Page>
  );
}

function Actions({ system }: { readonly system: SystemSnapshot }) {
  const { id, members, state } = system;
  const navigate = useNavigate();
  const restore = useRestoreTogether();
  const primary = usePrimaryRepository();
  const { items } = togetherOf(members, useConnectionOf());
  const location = useLive((live) => live.repositories.get(items[0]?.repository ?? '')?.location) ?? primary?.location;
  const isAll = items.length === members.length;
  return (
    <>
      <ShowCommand
        commands={[
          ['holdfast', 'system', 'show', id.slice(0, 8)],
          ...(items.length === 0 ? [] : [restoreCommand(items, location)]),
        ]}
        note="Put the folder to restore into in the place of <folder>."
      />
      <TakeAgain members={members} />
      <May call="plans.add">
        <Button
          disabled={items.length === 0 || state === 'running'}
          onClick={() => void navigate({ to: '/recovery/new-plan', search: { system: id } })}
        >
          Make a plan of it…
        </Button>
      </May>
      <May call="restoreRuns.create">
        <Button variant="filled" disabled={items.length === 0 || state === 'running'} onClick={() => restore(items)}>
          {isAll || items.length === 0
            ? 'Restore all of it…'
            : `Restore the ${items.length === 1 ? 'part that is' : `${items.length} parts that are`} there…`}
        </Button>
      </May>
    </>
  );
}

/** More stand in the list of parts. */
const shownLost = 5;

/** What a restore of it would lack. */
function Missing({ system: { members, state } }: { readonly system: SystemSnapshot }) {
  const { outOfReach } = togetherOf(members, useConnectionOf());
  const lost = members.filter(({ snapshot }) => snapshot === null);
  if (state === 'running') return null;
  return (
    <>
      {lost.length === 0 ? null : (
        <Notice tone="part" title="Not all of it is there">
          <ul className={styles['lost']}>
            {lost.slice(0, shownLost).map(({ source, problem }, at) => (
              <li key={`${source} ${at}`}>
                Nothing was stored of {source === '' ? 'a source that is not known' : visibleText(source)}
                {problem === null ? '.' : `: ${visibleText(problem)}`}
              </li>
            ))}
            {lost.length > shownLost ? <li>and of {formatCount(lost.length - shownLost)} more.</li> : null}
          </ul>
          {lost.length === members.length ? null : 'A restore brings back the other parts alone.'}
        </Notice>
      )}
      {outOfReach === 0 ? null : (
        <Notice tone="part" title="Some of it lies elsewhere">
          {outOfReach === 1 ? 'One part lies' : `${outOfReach} parts lie`} in a repository that this console is not
          connected with. Connect it in Settings to restore all of it.
        </Notice>
      )}
    </>
  );
}

/** Which of it does not belong to the moment of the others. */
function Apart({ system }: { readonly system: SystemSnapshot }) {
  if (system.state === 'running' || !isApart(system)) return null;
  const apart = system.members.filter(({ moment }) => moment === 'apart');
  const reasons = [...new Set(apart.map(({ apartBecause }) => apartBecause ?? ''))];
  // One cause keeps all of them apart.
  const shown =
    reasons.length === 1 && apart.length > 1
      ? [['All of it', reasons[0]]]
      : apart.map(({ source, apartBecause }) => [source, apartBecause]);
  return (
    <Notice tone="part" title="Not all of it is of one moment">
      <ul className={styles['lost']}>
        {shown.slice(0, shownLost).map(([what, reason]) => (
          <li key={what}>
            {visibleText(what ?? '')}: {visibleText(reason ?? '')}
          </li>
        ))}
        {shown.length > shownLost ? <li>and {formatCount(shown.length - shownLost)} more.</li> : null}
      </ul>
      What is restored from it may not fit together.
    </Notice>
  );
}

function AtWork({ job: id }: { readonly job: string }) {
  const job = useJob(id);
  const live = useIsLive();
  if (job === undefined) return null;
  return (
    <JobCard
      job={job}
      live={live}
      title={
        <Link to="/activity/$job" params={{ job: id }}>
          {visibleText(job.title)}
        </Link>
      }
    />
  );
}
