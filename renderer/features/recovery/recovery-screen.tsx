/** Where recovery begins: restores under way, those of the past, and the kit for the day without this console. */
import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { SourceState } from '../../../shared/contract/live.ts';
import type { RestoreRun } from '../../../shared/contract/restore-runs.ts';
import { mirroredKinds, type SourceKind } from '../../../shared/model/source-kinds.ts';
import { problemIn, useAnswer } from '../../client/ask.ts';
import { useAwsAccounts } from '../../client/aws.ts';
import { useLive, useRepositories } from '../../client/live-store.ts';
import { May } from '../../client/may.tsx';
import { Actor } from '../../components/actor.tsx';
import { DataTable, type Column } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Page, Panel } from '../../components/page.tsx';
import { PathText } from '../../components/path-text.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { EvidencePanel } from './evidence/evidence-panel.tsx';
import { KitPanel } from './kit-panel.tsx';
import { sayRunState } from './run-words.ts';
import { visibleText } from '../../components/visible-text.ts';
import styles from './recovery.module.css';

const columns: readonly Column<RestoreRun>[] = [
  {
    id: 'title',
    header: 'Restore',
    width: 'minmax(170px, 1fr)',
    cell: ({ title }) => <PathText path={title} />,
    sortBy: ({ title }) => title,
  },
  {
    id: 'where',
    header: 'To',
    width: 'minmax(150px, 0.7fr)',
    minTable: 600,
    cell: ({ where, aws, bucket, move }) =>
      move !== null ? (
        visibleText(move.to.name)
      ) : where === null ? (
        bucket === null ? (
          `AWS, ${aws?.region ?? ''}`
        ) : (
          <PathText path={`s3://${bucket.bucket}/${bucket.prefix}`} />
        )
      ) : where.target === null ? (
        'the original place'
      ) : (
        <PathText path={where.target} />
      ),
  },
  {
    id: 'state',
    header: 'State',
    width: '130px',
    cell: ({ state, closedAt }) => {
      const { tone, words } = sayRunState(state);
      return (
        <StatusBadge tone={tone}>{closedAt === null || state === 'undone' ? words : `${words}, closed`}</StatusBadge>
      );
    },
  },
  {
    id: 'by',
    header: 'By',
    width: '120px',
    minTable: 720,
    cell: ({ actor }) => <Actor actor={actor} />,
  },
  {
    id: 'created',
    header: 'Begun',
    width: '126px',
    cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
    sortBy: ({ createdAt }) => createdAt,
  },
];

export function RecoveryScreen() {
  const navigate = useNavigate();
  const repositories = useRepositories();
  const hasGit = useLive((live) => live.sources.values().some(holdsGit));
  const accounts = useAwsAccounts().data?.accounts ?? [];
  const ofEc2 = useLive((live) => live.sources.values().some(({ kind }) => kind === 'ec2'));
  const ofBuckets = useLive((live) => live.sources.values().some(({ kind }) => kind === 's3-bucket'));
  const hasBuckets = ofBuckets || accounts.length > 0;
  const hasAws = ofEc2 || accounts.length > 0;
  const open = useLive((live) => live.runs);
  // What was closed leaves the live state: then the list is asked for anew.
  const answer = useAnswer(['restoreRuns.list', [...open.keys()].join(' ')], (client, signal) =>
    client.restoreRuns.list({ limit: 200 }, { signal }),
  );
  const problem = problemIn(answer);
  const runs = (answer.data?.runs ?? []).map((run) => open.get(run.id) ?? run);
  return (
    <Page
      title="Recovery"
      sub="Bring back files and Git repositories as they were: to a new place, or to where they came from."
      actions={
        <>
          <Button onClick={() => void navigate({ to: '/recovery/plans' })}>Plans</Button>
          <Button onClick={() => void navigate({ to: '/recovery/clones', search: {} })}>Clones</Button>
          {hasGit ? (
            <May call="git.restore">
              <Button onClick={() => void navigate({ to: '/recovery/git', search: {} })}>
                Restore Git repositories…
              </Button>
            </May>
          ) : null}
          {hasBuckets ? (
            <May call="buckets.create">
              <Button onClick={() => void navigate({ to: '/recovery/bucket', search: {} })}>
                Give back to a bucket…
              </Button>
            </May>
          ) : null}
          {hasAws ? (
            <May call="awsRestores.create">
              <Button onClick={() => void navigate({ to: '/recovery/aws', search: {} })}>Restore in AWS…</Button>
            </May>
          ) : null}
          <Button onClick={() => void navigate({ to: '/recovery/drills' })}>Drills</Button>
          <May call="restoreRuns.create">
            <Button
              variant="filled"
              disabled={repositories.length === 0}
              onClick={() => void navigate({ to: '/recovery/restore', search: {} })}
            >
              Guided restore…
            </Button>
          </May>
        </>
      }
      fill
    >
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
      <div className={styles['split']}>
        <Panel fill flush title="Restores">
          <DataTable
            label="Restores"
            columns={columns}
            rows={runs}
            keyOf={({ id }) => id}
            onOpen={({ id }) => void navigate({ to: '/recovery/$run', params: { run: id } })}
            loading={answer.data === undefined && problem === null}
            failed={problem !== null}
            empty={
              <EmptyState title="Nothing was restored yet">
                A guided restore leads from what is missing to a verified copy of it, step by step, and says at each
                step what it will do and how to go back. Try it once before it is needed.
              </EmptyState>
            }
          />
        </Panel>
        <div className={styles['side']}>
          <KitPanel />
          <EvidencePanel />
        </div>
      </div>
    </Page>
  );
}

function holdsGit({ kind, newest }: SourceState): boolean {
  return newest !== null && mirroredKinds.has(kind as SourceKind);
}
