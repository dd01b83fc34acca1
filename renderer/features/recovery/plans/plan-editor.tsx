/** A plan as it is written: its steps in order, what is asked, and its graph beside it, looked at while somebody types. */
import { Button, NumberInput, Textarea, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { planProblems, type RecoveryPlan } from '../../../../shared/model/recovery-plans.ts';
import type { PlanView } from '../../../../shared/contract/plans.ts';
import { problemIn, useOrder } from '../../../client/ask.ts';
import { usePrimaryRepository, useSources } from '../../../client/live-store.ts';
import { useMay } from '../../../client/me.ts';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { Panel } from '../../../components/page.tsx';
import { tellSaved } from '../../../components/saved-notice.tsx';
import { ParameterList } from './parameter-list.tsx';
import { emptyTexts } from './plan-draft.ts';
import { PlanGraph } from './plan-graph.tsx';
import { StepList } from './step-list.tsx';
import styles from './plans.module.css';

type PlanEditorProps = {
  readonly begin: RecoveryPlan;
  /** Null: it is new. */
  readonly saved: PlanView | null;
  readonly onSaved: (view: PlanView) => void;
};

export function PlanEditor({ begin, saved, onSaved }: PlanEditorProps) {
  const [plan, setPlan] = useState(begin);
  const [opened, setOpened] = useState<string | null>(null);
  const repository = usePrimaryRepository();
  const sources = useSources().map(({ name }) => name);
  const mayChange = useMay(saved === null ? 'plans.add' : 'plans.update');
  const faults = useMemo(() => faultsOf(plan), [plan]);
  const order = useOrder(
    async (client, input: { repository: { id: string }; plan: RecoveryPlan }) =>
      saved === null ? client.plans.add(input) : client.plans.update(input),
    [['plans.list'], ['plans.show']],
  );
  const problem = problemIn(order);
  const isSame = saved !== null && JSON.stringify(saved.plan) === JSON.stringify(plan);
  const save = (): void => {
    if (repository === undefined) return;
    order.mutate(
      { repository: { id: repository.id }, plan },
      {
        onSuccess: (result) => {
          tellSaved(result);
          onSaved(result.plan);
        },
      },
    );
  };
  return (
    <div className={styles['columns']}>
      <div className={styles['column']}>
        <Panel title="About it">
          <div className={styles['fields']}>
            {saved === null ? (
              <TextInput
                label="Name"
                value={plan.name}
                onChange={(event) => setPlan({ ...plan, name: event.currentTarget.value })}
              />
            ) : null}
            <NumberInput
              label="Back within, in minutes"
              placeholder="nobody has said"
              min={1}
              allowDecimal={false}
              value={plan.targetRtoMs === null ? '' : Math.round(plan.targetRtoMs / 60_000)}
              onChange={(minutes) =>
                setPlan({ ...plan, targetRtoMs: typeof minutes === 'number' && minutes > 0 ? minutes * 60_000 : null })
              }
            />
            <Textarea
              className={styles['wide'] ?? ''}
              label="What it is for"
              autosize
              value={plan.description}
              onChange={(event) => setPlan({ ...plan, description: event.currentTarget.value })}
            />
          </div>
          {(faults.get('') ?? []).map((fault) => (
            // Nobody has done anything wrong yet where nobody has begun.
            <div key={fault} className={styles[plan === begin ? 'what' : 'fault']}>
              {fault}
            </div>
          ))}
          {problem === null ? null : <ErrorNotice problem={problem} />}
          {mayChange ? (
            <div className={styles['actions']}>
              <Button
                variant="filled"
                disabled={repository === undefined || faults.size > 0 || isSame}
                loading={order.isPending}
                onClick={save}
              >
                {saved === null ? 'Save the plan' : `Save as version ${saved.version + 1}`}
              </Button>
              {faults.size > 0 ? (
                <span className={styles['what']}>
                  {faults.has('') ? 'Something is missing yet.' : 'Something is missing yet: see below.'}
                </span>
              ) : null}
            </div>
          ) : null}
        </Panel>
        <StepList plan={plan} sources={sources} faults={faults} opened={opened} onOpen={setOpened} onChange={setPlan} />
        <ParameterList parameters={plan.parameters} onChange={(parameters) => setPlan({ ...plan, parameters })} />
      </div>
      <div className={`${styles['column']} ${styles['beside']}`}>
        <Panel title="In which order">
          {plan.steps.length === 0 ? (
            <div className={styles['what']}>Steps that wait for nothing go at the same time.</div>
          ) : (
            <PlanGraph
              steps={plan.steps}
              toneOf={(id) => (faults.has(id) ? 'fail' : 'none')}
              onOpen={(id) => setOpened(id)}
            />
          )}
        </Panel>
      </div>
    </div>
  );
}

/** What is wrong, by the id of a step; of the plan as a whole under the empty one. */
function faultsOf(plan: RecoveryPlan): ReadonlyMap<string, readonly string[]> {
  const faults = new Map<string, string[]>();
  const put = (id: string, fault: string): void => void faults.set(id, [...(faults.get(id) ?? []), fault]);
  if (plan.name.trim() === '') put('', 'It needs a name.');
  for (const { step, problem } of planProblems(plan)) put(step ?? '', problem);
  for (const step of plan.steps) for (const { step: id, problem } of emptyTexts(step)) put(id, problem);
  return faults;
}
