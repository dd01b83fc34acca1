/** How a plan did when it was rehearsed, and the buttons that rehearse it. */
import { Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import type { RecoveryPlan } from '../../../../shared/model/recovery-plans.ts';
import { parameterValues } from '../../../../shared/model/recovery-plans.ts';
import { problemIn, startJob, useAnswer, useOrder } from '../../../client/ask.ts';
import { May } from '../../../client/may.tsx';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { Panel } from '../../../components/page.tsx';
import { RelativeTime } from '../../../components/relative-time.tsx';
import { ShowCommand } from '../../../components/show-command.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { sayDrillState } from '../drills/drill-words.ts';
import styles from './plans.module.css';

const shown = 5;

export function PlanDrills({ plan, isApproved }: { readonly plan: RecoveryPlan; readonly isApproved: boolean }) {
  const navigate = useNavigate();
  const { name } = plan;
  const answer = useAnswer(
    ['drills.list', 'plan', name],
    (client, signal) => client.drills.list({ source: name, limit: shown }, { signal }),
    { staleTimeMs: 0 },
  );
  const order = useOrder((client, of: string) => startJob(client.drills.runPlan({ plan: of, detach: true })));
  const problem = problemIn(order) ?? problemIn(answer);
  const drills = (answer.data?.drills ?? []).filter(({ kind }) => kind === 'plan');
  // What has to be said first is asked where it is led through.
  const isAsking = parameterValues(plan, {}).problems.length > 0;
  return (
    <Panel title="Rehearsals">
      {problem === null ? null : <ErrorNotice problem={problem} />}
      {drills.length === 0 ? (
        <div className={styles['what']}>Never rehearsed: whether it works, and how long it takes, is not known.</div>
      ) : (
        <ul className={styles['list']} aria-label="Rehearsals">
          {drills.map(({ id, state, startedAt }) => {
            const { tone, words } = sayDrillState(state);
            return (
              <li key={id} className={styles['row']}>
                <span />
                <span>
                  <Link to="/recovery/drills/$drill" params={{ drill: id }}>
                    <RelativeTime at={startedAt} />
                  </Link>{' '}
                  <StatusBadge tone={tone}>{words}</StatusBadge>
                </span>
              </li>
            );
          })}
        </ul>
      )}
      <div className={styles['actions']}>
        <May call="drills.runPlan">
          <Button
            disabled={!isApproved || isAsking}
            loading={order.isPending}
            onClick={() =>
              order.mutate(name, {
                onSuccess: ({ job }) => void navigate({ to: '/activity/$job', params: { job } }),
              })
            }
          >
            Rehearse it
          </Button>
        </May>
        <May call="drills.beginOf">
          <Button component={Link} to="/recovery/drills/guided">
            Guided drill…
          </Button>
        </May>
        <ShowCommand commands={[['holdfast', 'drill', 'run', '--plan', name]]} />
        {isAsking ? <span className={styles['what']}>It asks for something first: begin a guided drill.</span> : null}
      </div>
    </Panel>
  );
}
