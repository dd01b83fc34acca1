/** The steps of a plan in their order, each opened to be changed. */
import { Button, Checkbox, Menu, NumberInput, TextInput } from '@mantine/core';
import { kindWords, workWords } from '../../../../shared/model/plan-words.ts';
import { stepKinds, type PlanStep, type RecoveryPlan, type StepKind } from '../../../../shared/model/recovery-plans.ts';
import { Panel } from '../../../components/page.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import { changeStep, withoutStep, withStep } from './plan-draft.ts';
import { WorkFields } from './step-fields.tsx';
import styles from './plans.module.css';

type StepListProps = {
  readonly plan: RecoveryPlan;
  readonly sources: readonly string[];
  /** What is wrong, by the id of the step. */
  readonly faults: ReadonlyMap<string, readonly string[]>;
  readonly opened: string | null;
  readonly onOpen: (id: string | null) => void;
  readonly onChange: (plan: RecoveryPlan) => void;
};

export function StepList(props: StepListProps) {
  const { plan, sources, faults, opened, onOpen, onChange } = props;
  const add = (kind: StepKind): void => {
    const after = withStep(plan, kind, sources[0] ?? '');
    onChange(after);
    onOpen(after.steps.at(-1)?.id ?? null);
  };
  return (
    <Panel
      title="Steps"
      aside={
        <Menu>
          <Menu.Target>
            <Button variant="filled">Add a step…</Button>
          </Menu.Target>
          <Menu.Dropdown>
            {stepKinds.map((kind) => (
              <Menu.Item key={kind} onClick={() => add(kind)}>
                {kindWords[kind]}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      }
    >
      <ol className={styles['list']} aria-label="Steps of the plan">
        {plan.steps.map((step, at) => (
          <li key={step.id}>
            <div className={styles['row']}>
              <span className={styles['number']}>{at + 1}</span>
              <button
                type="button"
                className={styles['open']}
                aria-expanded={opened === step.id}
                onClick={() => onOpen(opened === step.id ? null : step.id)}
              >
                <strong>{step.title === '' ? kindWords[step.work.kind] : visibleText(step.title)}</strong>
                <div className={styles['what']}>
                  {kindWords[step.work.kind]}: {visibleText(workWords(step.work))}
                </div>
                {(faults.get(step.id) ?? []).map((fault) => (
                  <div key={fault} className={styles['fault']}>
                    {fault}
                  </div>
                ))}
              </button>
              <Button
                onClick={() => onChange(withoutStep(plan, step.id))}
                aria-label={`Remove ${visibleText(step.title)}`}
              >
                Remove
              </Button>
            </div>
            {opened === step.id ? <StepForm {...props} step={step} /> : null}
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function StepForm({ plan, step, sources, onChange }: StepListProps & { readonly step: PlanStep }) {
  const set = (change: Partial<PlanStep>): void => onChange(changeStep(plan, step.id, change));
  const others = plan.steps.filter(({ id }) => id !== step.id);
  const { kind } = step.work;
  return (
    <div className={`${styles['fields']} ${styles['form']}`}>
      <TextInput label="Called" value={step.title} onChange={(event) => set({ title: event.currentTarget.value })} />
      {others.length === 0 ? null : (
        <fieldset className={styles['after']}>
          <legend>Begins after{step.after.length === 0 ? ' nothing: at once' : ''}</legend>
          {others.map(({ id, title }) => (
            <Checkbox
              key={id}
              label={title === '' ? id : visibleText(title)}
              checked={step.after.includes(id)}
              onChange={({ currentTarget: { checked } }) =>
                set({ after: checked ? [...step.after, id] : step.after.filter((other) => other !== id) })
              }
            />
          ))}
        </fieldset>
      )}
      <WorkFields step={step} sources={sources} parameters={plan.parameters} onChange={(work) => set({ work })} />
      <NumberInput
        label="At most, in minutes"
        placeholder="as long as it takes"
        min={1}
        max={10_080}
        allowDecimal={false}
        value={step.timeLimitMs === null ? '' : Math.round(step.timeLimitMs / 60_000)}
        onChange={(minutes) =>
          set({ timeLimitMs: typeof minutes === 'number' && minutes > 0 ? minutes * 60_000 : null })
        }
      />
      {kind === 'command' || kind === 'health' || kind === 'message' ? (
        <Checkbox
          label="Also when the plan is rehearsed"
          checked={step.inDrills}
          onChange={(event) => set({ inDrills: event.currentTarget.checked })}
        />
      ) : null}
    </div>
  );
}
