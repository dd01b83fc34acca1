/** What is asked when a plan is run. */
import { Button, Select, TextInput } from '@mantine/core';
import { parameterTypes, type PlanParameter } from '../../../../shared/model/recovery-plans.ts';
import { Panel } from '../../../components/page.tsx';
import styles from './plans.module.css';

type ParameterListProps = {
  readonly parameters: readonly PlanParameter[];
  readonly onChange: (parameters: readonly PlanParameter[]) => void;
};

const typeWords: Readonly<Record<PlanParameter['type'], string>> = {
  text: 'a text',
  choice: 'one of several',
  path: 'an absolute path',
  time: 'a time in UTC',
};

export function ParameterList({ parameters, onChange }: ParameterListProps) {
  const change = (at: number, given: Partial<PlanParameter>): void =>
    onChange(parameters.map((parameter, index) => (index === at ? { ...parameter, ...given } : parameter)));
  return (
    <Panel
      title="Asked when it is run"
      aside={
        <Button
          onClick={() =>
            onChange([
              ...parameters,
              { name: `value${parameters.length + 1}`, label: '', type: 'text', choices: [], default: null },
            ])
          }
        >
          Add a parameter
        </Button>
      }
    >
      {parameters.length === 0 ? (
        <div className={styles['what']}>
          {'Nothing. A parameter stands as ${name} in the texts of steps, such as the folder to restore into.'}
        </div>
      ) : null}
      <ul className={styles['list']}>
        {parameters.map((parameter, at) => (
          // Its name is what is being typed.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={at} className={styles['fields']}>
            <TextInput
              label="Name"
              value={parameter.name}
              onChange={(event) => change(at, { name: event.currentTarget.value })}
            />
            <Select
              label="Is"
              data={parameterTypes.map((type) => ({ value: type, label: typeWords[type] }))}
              value={parameter.type}
              onChange={(type) => change(at, { type: (type ?? 'text') as PlanParameter['type'] })}
              allowDeselect={false}
            />
            <TextInput
              label="Asked as"
              value={parameter.label}
              onChange={(event) => change(at, { label: event.currentTarget.value })}
            />
            {parameter.type === 'choice' ? (
              <TextInput
                label="Choices, with commas between"
                value={parameter.choices.join(', ')}
                onChange={(event) =>
                  change(at, {
                    choices: event.currentTarget.value
                      .split(',')
                      .map((one) => one.trim())
                      .filter((one) => one !== ''),
                  })
                }
              />
            ) : null}
            <TextInput
              label="Usually"
              placeholder="somebody has to say"
              value={parameter.default ?? ''}
              onChange={(event) => {
                const text = event.currentTarget.value;
                change(at, { default: text === '' ? null : text });
              }}
            />
            <Button onClick={() => onChange(parameters.filter((_, index) => index !== at))}>Remove</Button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
