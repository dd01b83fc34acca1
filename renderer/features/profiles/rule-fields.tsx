/** When a period comes: its kind, and the fields that this kind has. */
import { Select, TextInput } from '@mantine/core';
import type { PeriodDraft } from './draft.ts';
import { monthNames, weekdayNames } from './profile-words.ts';
import styles from './profiles.module.css';

const kinds: readonly { readonly value: PeriodDraft['kind']; readonly label: string }[] = [
  { value: 'hourly', label: 'Every hour' },
  { value: 'daily', label: 'Every day' },
  { value: 'weekly', label: 'Every week' },
  { value: 'monthly', label: 'Every month' },
  { value: 'yearly', label: 'Every year' },
  { value: 'cron', label: 'As cron says' },
  { value: 'once', label: 'Once' },
];

type RuleFieldsProps = {
  readonly period: PeriodDraft;
  readonly fault: string | undefined;
  /** IANA name of the clocks meant. */
  readonly zone: string;
  readonly onChange: (part: Partial<PeriodDraft>) => void;
};

export function RuleFields({ period, fault, zone, onChange }: RuleFieldsProps) {
  const { kind } = period;
  const hasTime = kind === 'daily' || kind === 'weekly' || kind === 'monthly' || kind === 'yearly';
  return (
    <div>
      <div className={styles['fields']}>
        <Select
          label="Comes"
          data={[...kinds]}
          value={kind}
          allowDeselect={false}
          onChange={(value) => {
            const chosen = kinds.find((one) => one.value === value);
            if (chosen !== undefined) onChange({ kind: chosen.value });
          }}
          w={130}
        />
        {kind === 'hourly' ? (
          <Text
            label="At minute"
            value={period.minute}
            width={80}
            onChange={(minute) => onChange({ minute })}
            numeric
          />
        ) : null}
        {kind === 'weekly' ? (
          <Index label="On" names={weekdayNames} value={period.weekday} onChange={(weekday) => onChange({ weekday })} />
        ) : null}
        {kind === 'monthly' || kind === 'yearly' ? (
          <Text label="On day" value={period.day} width={70} onChange={(day) => onChange({ day })} numeric />
        ) : null}
        {kind === 'yearly' ? (
          <Index label="Of" names={monthNames} value={period.month} onChange={(month) => onChange({ month })} />
        ) : null}
        {hasTime ? <Text label="At" value={period.time} width={80} onChange={(time) => onChange({ time })} /> : null}
        {kind === 'cron' ? (
          <Text
            label="Minute, hour, day, month, weekday"
            value={period.cron}
            width={220}
            onChange={(cron) => onChange({ cron })}
          />
        ) : null}
        {kind === 'once' ? (
          <Text
            label={`At, by the clocks of ${zone}`}
            value={period.once}
            width={180}
            onChange={(once) => onChange({ once })}
          />
        ) : null}
      </div>
      {fault === undefined ? null : (
        <div className={styles['fault']} role="alert">
          {fault}
        </div>
      )}
    </div>
  );
}

type TextProps = {
  readonly label: string;
  readonly value: string;
  readonly width: number;
  readonly numeric?: boolean;
  readonly onChange: (value: string) => void;
};

function Text({ label, value, width, numeric = false, onChange }: TextProps) {
  return (
    <TextInput
      label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      w={width}
      spellCheck={false}
      {...(numeric ? { inputMode: 'numeric' as const } : {})}
    />
  );
}

type IndexProps = {
  readonly label: string;
  readonly names: readonly string[];
  /** From 1 on. */
  readonly value: number;
  readonly onChange: (value: number) => void;
};

function Index({ label, names, value, onChange }: IndexProps) {
  return (
    <Select
      label={label}
      data={names.map((name, index) => ({ value: String(index + 1), label: name }))}
      value={String(value)}
      allowDeselect={false}
      onChange={(chosen) => chosen !== null && onChange(Number(chosen))}
      w={125}
    />
  );
}
