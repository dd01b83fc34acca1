/** A new recovery plan: written step by step, or begun with what a system snapshot holds. */
import { Checkbox } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { problemIn, useAnswer } from '../../../client/ask.ts';
import { ErrorNotice, Notice } from '../../../components/error-notice.tsx';
import { Page, Panel } from '../../../components/page.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import { emptyPlan } from './plan-draft.ts';
import { PlanEditor } from './plan-editor.tsx';

export function NewPlanScreen() {
  const { system } = useSearch({ from: '/recovery/new-plan' });
  return (
    <Page
      title="New recovery plan"
      sub={
        <>
          <Link to="/recovery/plans">Recovery plans</Link> ·{' '}
          {system === undefined ? 'Step by step.' : `Brings system snapshot ${system.slice(0, 8)} back.`}
        </>
      }
    >
      {system === undefined ? <Fresh /> : <OfSystem system={system} />}
    </Page>
  );
}

function Fresh() {
  const open = useOpenPlan();
  return <PlanEditor begin={emptyPlan} saved={null} onSaved={({ plan }) => open(plan.name)} />;
}

function OfSystem({ system }: { readonly system: string }) {
  const open = useOpenPlan();
  const [latest, setLatest] = useState(false);
  const name = `System ${system.slice(0, 8)}`;
  const answer = useAnswer(['plans.generate', system, latest], (client, signal) =>
    client.plans.generate({ system, name, latest }, { signal }),
  );
  const problem = problemIn(answer);
  if (problem !== null) return <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />;
  if (answer.data === undefined) return <Skeleton lines={8} />;
  const { plan, left } = answer.data;
  return (
    <>
      <Panel>
        <Checkbox
          label="Restore the newest snapshot of each source when it is run, in place of the ones of this system snapshot"
          checked={latest}
          onChange={(event) => setLatest(event.currentTarget.checked)}
        />
      </Panel>
      {left.length === 0 ? null : (
        <Notice tone="part" title="Not all of it comes back by this plan">
          {left.map(({ source, reason }) => (
            <div key={source}>
              {visibleText(source)}: {reason}
            </div>
          ))}
        </Notice>
      )}
      <PlanEditor key={String(latest)} begin={plan} saved={null} onSaved={(view) => open(view.plan.name)} />
    </>
  );
}

function useOpenPlan(): (name: string) => void {
  const navigate = useNavigate();
  return (name) => void navigate({ to: '/recovery/plans/$plan', params: { plan: name } });
}
