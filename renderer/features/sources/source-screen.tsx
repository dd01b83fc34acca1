/** One source: how it stands, its year, its snapshots, what it is made of. */
import { Button } from '@mantine/core';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { SourceState } from '../../../shared/contract/live.ts';
import { mirroredKinds, sourceKindName, type SourceKind } from '../../../shared/model/source-kinds.ts';
import type { RegisteredSource } from '../../../shared/contract/sources.ts';
import { problemIn, useOrder } from '../../client/ask.ts';
import { useJobNames } from '../../client/jobs.ts';
import { useHasState, useIsLive, useLive, useRunningJobs, useSource } from '../../client/live-store.ts';
import { May } from '../../client/may.tsx';
import { useMayCancel } from '../../client/me.ts';
import { useProtectNow } from '../../client/protect-now.ts';
import { useSourceDays } from '../../client/source-days.ts';
import { DayLegend } from '../../components/day-strip.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { JobLink } from '../../components/job-link.tsx';
import { JobCard } from '../../components/job-card.tsx';
import { Page, Panel, Tag } from '../../components/page.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { daysOf } from '../../components/source-days.ts';
import { protectingBySource, sayStanding, standingOf } from '../../components/source-state.ts';
import { StatusBadge } from '../../components/status-badge.tsx';
import { useToday } from '../../components/use-today.ts';
import { visibleText } from '../../components/visible-text.ts';
import { CheckPanel, useSourceCheck, type SourceChecking } from './check-panel.tsx';
import { DefinitionPanel } from './definition-panel.tsx';
import { BucketPanel } from './bucket/bucket-panel.tsx';
import { EditBucketPanel } from './bucket/edit-bucket-panel.tsx';
import { SourceRightsPanel } from './aws/source-rights-panel.tsx';
import { EditEc2Panel } from './ec2/edit-ec2-panel.tsx';
import { ImagesPanel } from './ec2/images-panel.tsx';
import { NativesPanel } from './ec2/natives-panel.tsx';
import { EditPanel } from './edit-panel.tsx';
import { FactsPanel } from './facts-panel.tsx';
import { HooksPanel } from './hooks-panel.tsx';
import { EditGitPanel, EditGithubPanel } from './remote/edit-remote-panels.tsx';
import { LeftOutPanel } from './remote/left-out-panel.tsx';
import { RepositoriesPanel } from './remote/repositories-panel.tsx';
import { RemoveDialog } from './remove-dialog.tsx';
import { RestoreSource } from './restore-source.tsx';
import { SchedulePanel } from './schedule-panel.tsx';
import { RunsPanel } from './runs-panel.tsx';
import { SnapshotsPanel } from './snapshots-panel.tsx';
import { SourceAlerts } from './source-alerts.tsx';
import styles from './sources.module.css';
import { StandbyPanel } from './standby-panel.tsx';
import { TrendsPanel } from './trends-panel.tsx';
import { YearCalendar } from './year-calendar.tsx';

export function SourceScreen() {
  const { source: key } = useParams({ from: '/sources/$source' });
  const known = useHasState();
  const source = useSource(key);
  if (source !== undefined) return <Known source={source} />;
  if (!known) {
    return (
      <Page title={visibleText(key)}>
        <Skeleton lines={8} />
      </Page>
    );
  }
  return (
    <Page title={visibleText(key)}>
      <Panel>
        <EmptyState title="No source has this name" action={<Link to="/sources">All sources</Link>}>
          It may have been removed, and left no snapshots.
        </EmptyState>
      </Panel>
    </Page>
  );
}

function Known({ source }: { readonly source: SourceState }) {
  const { key, name, kind, hostname, registered } = source;
  const { tone, words } = sayStanding(standingOf(source));
  const [editing, setEditing] = useState(false);
  const check = useSourceCheck(name);
  return (
    <Page
      windowTitle={visibleText(key)}
      title={
        <span className={styles['name']}>
          {visibleText(name)} <StatusBadge tone={tone}>{words}</StatusBadge>
        </span>
      }
      sub={
        <>
          <Tag>{sourceKindName(kind)}</Tag> on {visibleText(hostname)}
        </>
      }
      actions={<Actions source={source} check={check} onEdit={() => setEditing(true)} />}
    >
      {registered === null ? (
        <Notice tone="none" title="Known by its snapshots alone">
          It is not registered here: it was removed, or another console, another machine or restic has taken its
          snapshots. They can be browsed and restored; to protect it from this console,{' '}
          <Link to="/sources/new">add a source</Link> of the same name.
        </Notice>
      ) : null}
      {registered === null ? null : <SourceAlerts name={name} />}
      <RunningNow name={name} />
      <CheckPanel check={check} />
      {registered?.kind === 'ec2' ? <NativesPanel source={registered.name} account={registered.account} /> : null}
      <div className={styles['columns']}>
        <div className={styles['main']}>
          {editing && registered !== null ? <Edit source={registered} onDone={() => setEditing(false)} /> : null}
          {mirroredKinds.has(kind as SourceKind) ? <RepositoriesPanel source={source} /> : null}
          <Year source={source} />
          <SnapshotsPanel source={source} />
          {registered?.kind === 'ec2' ? <ImagesPanel source={registered} hostname={hostname} /> : null}
          {registered?.kind === 's3-bucket' ? <BucketPanel source={registered} /> : null}
          {registered?.kind === 'ec2' || registered?.kind === 's3-bucket' ? (
            <SourceRightsPanel source={registered} />
          ) : null}
          <TrendsPanel source={source} />
        </div>
        <div className={styles['side']}>
          <FactsPanel source={source} />
          <SchedulePanel source={source} />
          <DefinitionPanel source={source} />
          {mirroredKinds.has(kind as SourceKind) ? <LeftOutPanel source={source} /> : null}
          {kind === 'ec2' ? null : <StandbyPanel source={name} />}
          {registered === null ? null : <HooksPanel source={registered} />}
          <RunsPanel source={source} />
        </div>
      </div>
    </Page>
  );
}

type EditProps = { readonly source: RegisteredSource; readonly onDone: () => void };

function Edit({ source, onDone }: EditProps) {
  if (source.kind === 'git') return <EditGitPanel source={source} onDone={onDone} />;
  if (source.kind === 'github') return <EditGithubPanel source={source} onDone={onDone} />;
  if (source.kind === 'ec2') return <EditEc2Panel source={source} onDone={onDone} />;
  if (source.kind === 's3-bucket') return <EditBucketPanel source={source} onDone={onDone} />;
  return <EditPanel source={source} onDone={onDone} />;
}

type ActionsProps = { readonly source: SourceState; readonly check: SourceChecking; readonly onEdit: () => void };

function Actions({ source, check, onEdit }: ActionsProps) {
  const [removing, setRemoving] = useState(false);
  const navigate = useNavigate();
  const live = useIsLive();
  const runs = protectingBySource(useRunningJobs()).has(source.name);
  const protect = useProtectNow();
  const problem = problemIn(protect);
  if (source.registered === null) return <RestoreSource source={source} />;
  return (
    <>
      <ShowCommand
        commands={[
          ['holdfast', 'protect', source.name],
          ['holdfast', 'source', 'check', source.name],
        ]}
      />
      <May call="sources.check">
        <Button disabled={!live} loading={check.asking} onClick={check.ask}>
          Check
        </Button>
      </May>
      <May call="sources.update">
        <Button disabled={!live} onClick={onEdit}>
          Edit…
        </Button>
      </May>
      <May call="sources.remove">
        <Button disabled={!live} onClick={() => setRemoving(true)}>
          Remove…
        </Button>
      </May>
      <RestoreSource source={source} />
      <May call="protection.protect">
        <Button
          variant="filled"
          disabled={!live || runs}
          loading={protect.isPending}
          onClick={() => protect.mutate([source.name])}
        >
          {runs ? 'Is being protected' : 'Protect now'}
        </Button>
      </May>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <RemoveDialog
        opened={removing}
        sources={[source]}
        onClose={() => setRemoving(false)}
        onRemoved={() => void navigate({ to: '/sources' })}
      />
    </>
  );
}

function RunningNow({ name }: { readonly name: string }) {
  const job = protectingBySource(useRunningJobs()).get(name);
  const nameOf = useJobNames();
  const live = useIsLive();
  const mayCancel = useMayCancel();
  const cancel = useOrder((client, { id }: { id: string }) => client.jobs.cancel({ job: id }));
  const problem = problemIn(cancel);
  if (job === undefined) return null;
  return (
    <Panel title="Running">
      <JobCard
        job={job}
        live={live}
        title={<JobLink job={job} nameOf={nameOf} />}
        onCancel={mayCancel(job) ? () => cancel.mutate({ id: job.id }) : undefined}
      />
      {problem === null ? null : <ErrorNotice problem={problem} />}
    </Panel>
  );
}

const yearDays = 366;

function Year({ source }: { readonly source: SourceState }) {
  const answer = useSourceDays([source], yearDays, useToday());
  const runs = useLive((live) => protectingBySource(live.jobs.values()).has(source.name));
  const problem = problemIn(answer);
  const { data } = answer;
  return (
    <Panel title="The last year" aside={<DayLegend />}>
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
      {data === undefined && problem === null ? <Skeleton lines={4} /> : null}
      {data === undefined ? null : (
        <YearCalendar first={data.first} days={daysOf(data.first, yearDays, data.sources[source.key] ?? [], runs)} />
      )}
    </Panel>
  );
}
