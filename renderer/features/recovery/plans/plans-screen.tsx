/** Recovery plans, whether each would work today, and their runs. */
import { Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import type { PlanRun } from '../../../../shared/contract/plan-runs.ts';
import type { PlanView } from '../../../../shared/contract/plans.ts';
import { problemIn, useAnswer } from '../../../client/ask.ts';
import { useLive } from '../../../client/live-store.ts';
import { May } from '../../../client/may.tsx';
import { Actor } from '../../../components/actor.tsx';
import { DataTable, type Column } from '../../../components/data-table.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { Page, Panel } from '../../../components/page.tsx';
import { PathText } from '../../../components/path-text.tsx';
import { RelativeTime } from '../../../components/relative-time.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import type { Said } from '../../../components/tone.ts';
import { sayRunState } from '../run-words.ts';
import styles from './plans.module.css';

const planColumns: readonly Column<PlanView>[] = [
  {
    id: 'name',
    header: 'Plan',
    width: 'minmax(130px, 1fr)',
    cell: ({ plan }) => <PathText path={plan.name} shorten={false} />,
    sortBy: ({ plan }) => plan.name,
  },
  { id: 'steps', header: 'Steps', width: '70px', align: 'end', cell: ({ plan }) => plan.steps.length },
  {
    id: 'today',
    header: 'Today',
    width: 'minmax(190px, 1fr)',
    cell: (view) => {
      const { tone, words } = sayToday(view);
      return <StatusBadge tone={tone}>{words}</StatusBadge>;
    },
  },
  {
    id: 'saved',
    header: 'Saved',
    width: '126px',
    minTable: 550,
    cell: ({ savedAt }) => <RelativeTime at={savedAt} />,
    sortBy: ({ savedAt }) => savedAt,
  },
];

const runColumns: readonly Column<PlanRun>[] = [
  {
    id: 'plan',
    header: 'Run of',
    width: 'minmax(130px, 1fr)',
    cell: ({ plan, isolation }) => (
      <>
        <PathText path={plan.name} shorten={false} />
        {isolation === null ? null : ' (rehearsal)'}
      </>
    ),
  },
  {
    id: 'state',
    header: 'State',
    width: '130px',
    cell: ({ state }) => <StatusBadge tone={sayRunState(state).tone}>{sayRunState(state).words}</StatusBadge>,
  },
  {
    id: 'by',
    header: 'By',
    width: '120px',
    minTable: 530,
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

export function sayToday({ check, approved }: PlanView): Said {
  if (approved === false) return { tone: 'part', words: 'commands not approved' };
  if (check === null) return { tone: 'none', words: 'not checked yet' };
  const blockers = check.checks.filter(({ level }) => level === 'blocker').length;
  if (blockers === 0) return { tone: 'good', words: 'would work' };
  return { tone: 'fail', words: blockers === 1 ? 'no longer works' : `no longer works, ${blockers} reasons` };
}

export function PlansScreen() {
  const navigate = useNavigate();
  const answer = useAnswer(['plans.list'], (client, signal) => client.plans.list({}, { signal }));
  const live = useLive((state) => state.planRuns);
  const past = useAnswer(['planRuns.list', [...live.keys()].join(' ')], (client, signal) =>
    client.planRuns.list({ limit: 100 }, { signal }),
  );
  const problem = problemIn(answer) ?? problemIn(past);
  const runs = (past.data?.runs ?? []).map((run) => live.get(run.id) ?? run);
  return (
    <Page
      title="Recovery plans"
      sub={
        <>
          <Link to="/recovery">Recovery</Link> · Ordered steps that bring a whole system back, looked at every day.
        </>
      }
      actions={
        <May call="plans.add">
          <Button variant="filled" onClick={() => void navigate({ to: '/recovery/new-plan', search: {} })}>
            New plan…
          </Button>
        </May>
      }
      fill
    >
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
      <div className={styles['halves']}>
        <Panel fill flush title="Plans">
          <DataTable
            label="Plans"
            columns={planColumns}
            rows={answer.data?.plans ?? []}
            keyOf={({ plan }) => plan.name}
            onOpen={({ plan }) => void navigate({ to: '/recovery/plans/$plan', params: { plan: plan.name } })}
            loading={answer.data === undefined && problem === null}
            failed={problem !== null}
            empty={
              <EmptyState title="There is no plan yet">
                A plan says in which order things come back, what runs in parallel, and where somebody has to look. Make
                one from a system snapshot, or write one step by step.
              </EmptyState>
            }
          />
        </Panel>
        <Panel fill flush title="Runs">
          <DataTable
            label="Runs of plans"
            columns={runColumns}
            rows={runs}
            keyOf={({ id }) => id}
            onOpen={({ id }) => void navigate({ to: '/recovery/plan-runs/$run', params: { run: id } })}
            loading={past.data === undefined && problem === null}
            failed={problem !== null}
            empty={<EmptyState title="No plan was run yet">Rehearse one before it is needed.</EmptyState>}
          />
        </Panel>
      </div>
    </Page>
  );
}
