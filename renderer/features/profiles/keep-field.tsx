/** How long something is kept: a number and its unit, or for ever. */
import { Select, TextInput } from '@mantine/core';
import { keepChoices, type KeepDraft } from './draft.ts';
import styles from './profiles.module.css';

type KeepFieldProps = {
  readonly label: string;
  readonly value: KeepDraft;
  readonly fault: string | undefined;
  readonly onChange: (keep: KeepDraft) => void;
};

export function KeepField({ label, value, fault, onChange }: KeepFieldProps) {
  const isForever = value.unit === 'forever';
  return (
    <div className={styles['pair']}>
      <TextInput
        label={label}
        inputMode="numeric"
        value={isForever ? '' : value.count}
        disabled={isForever}
        error={fault}
        onChange={(event) => onChange({ ...value, count: event.currentTarget.value })}
        w={70}
      />
      <Select
        aria-label={`${label}: unit`}
        data={[...keepChoices]}
        value={value.unit}
        allowDeselect={false}
        onChange={(unit) => {
          const chosen = keepChoices.find((one) => one.value === unit);
          if (chosen === undefined) return;
          onChange({ count: value.count === '' && chosen.value !== 'forever' ? '1' : value.count, unit: chosen.value });
        }}
        w={100}
      />
    </div>
  );
}
