/** What is asked before a plan is run, and what it takes with it. */
import { Button, PasswordInput, Select, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { PlanView } from '../../../../shared/contract/plans.ts';
import { isRestore, parameterValues, type PlanParameter } from '../../../../shared/model/recovery-plans.ts';
import { problemIn, startJob, useOrder } from '../../../client/ask.ts';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import styles from './plans.module.css';

type StartPlanProps = { readonly view: PlanView; readonly onClose: () => void };

export function StartPlan({ view: { plan }, onClose }: StartPlanProps) {
  const navigate = useNavigate();
  const [given, setGiven] = useState<Readonly<Record<string, string>>>({});
  const [token, setToken] = useState('');
  const [at, setAt] = useState('');
  const takesLatest = plan.steps.some(({ work }) => isRestore(work) && work.point.kind === 'latest');
  const atTime = momentOf(at);
  const needsToken = plan.steps.some(({ work }) => work.kind === 'git' && work.target.kind === 'github');
  const { problems } = parameterValues(plan, given);
  const order = useOrder(
    async (client, values: Readonly<Record<string, string>>) => {
      const run = await client.planRuns.create({ plan: plan.name, values: { ...values }, at: atTime ?? null });
      const githubToken = token === '' ? null : token;
      await startJob(client.planRuns.start({ run: run.id, githubToken, detach: true }));
      return run.id;
    },
    [['planRuns.list']],
  );
  const problem = problemIn(order);
  return (
    <div className={styles['column']}>
      <div>
        {plan.steps.length} steps. What was restored stays where a step puts it; each restore has a run of its own,
        which can be undone.
      </div>
      {plan.parameters.map((parameter) => (
        <ParameterField
          key={parameter.name}
          parameter={parameter}
          value={given[parameter.name] ?? parameter.default ?? ''}
          onChange={(value) => setGiven({ ...given, [parameter.name]: value })}
        />
      ))}
      {needsToken ? (
        <PasswordInput
          label="A token for GitHub that may write there; it is not kept"
          value={token}
          onChange={(event) => setToken(event.currentTarget.value)}
        />
      ) : null}
      {takesLatest ? (
        <TextInput
          label="As of before"
          description="Such as the moment before an incident, in UTC. Empty: the newest good snapshots."
          placeholder="2026-03-01 08:00"
          value={at}
          error={atTime === undefined ? 'A time is written as 2026-03-01 08:00.' : undefined}
          onChange={(event) => setAt(event.currentTarget.value)}
        />
      ) : null}
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <div className={styles['actions']}>
        <Button
          variant="filled"
          disabled={problems.length > 0 || atTime === undefined || (needsToken && token === '')}
          loading={order.isPending}
          onClick={() =>
            order.mutate(given, {
              onSuccess: (run) => void navigate({ to: '/recovery/plan-runs/$run', params: { run } }),
            })
          }
        >
          Run the plan
        </Button>
        <Button onClick={onClose}>Not now</Button>
      </div>
    </div>
  );
}

/** ISO-8601 UTC; null: none was typed; undefined: it is none. */
function momentOf(text: string): string | null | undefined {
  if (text.trim() === '') return null;
  const found = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?Z?)?$/.exec(text.trim());
  const ms = found === null ? Number.NaN : Date.parse(`${found[1] ?? ''}T${found[2] ?? '00:00'}Z`);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

type ParameterFieldProps = {
  readonly parameter: PlanParameter;
  readonly value: string;
  readonly onChange: (value: string) => void;
};

const examples: Readonly<Record<PlanParameter['type'], string>> = {
  text: '',
  choice: '',
  path: '/srv/restored',
  time: '2026-03-01T08:00:00Z',
};

export function ParameterField({ parameter: { name, label, type, choices }, value, onChange }: ParameterFieldProps) {
  const words = label === '' ? name : label;
  if (type === 'choice')
    return (
      <Select
        label={words}
        data={[...choices]}
        value={value === '' ? null : value}
        onChange={(one) => onChange(one ?? '')}
      />
    );
  return (
    <TextInput
      label={words}
      placeholder={examples[type]}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
