/** The periods of a profile that is written: each a line in words, which opens into its fields. */
import { Button, Checkbox, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { visibleText } from '../../components/visible-text.ts';
import { mostPeriods, newPeriod, type Faults, type PeriodDraft } from './draft.ts';
import { KeepField } from './keep-field.tsx';
import { periodSentence } from './period-sentence.ts';
import styles from './profiles.module.css';
import { RuleFields } from './rule-fields.tsx';

type PeriodListProps = {
  readonly periods: readonly PeriodDraft[];
  readonly faults: Faults;
  readonly zone: string;
  readonly onChange: (change: (periods: readonly PeriodDraft[]) => readonly PeriodDraft[]) => void;
};

export function PeriodList({ periods, faults, zone, onChange }: PeriodListProps) {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [added, setAdded] = useState(0);
  const toggle = (key: string) =>
    setOpen((before) => {
      const next = new Set(before);
      if (!next.delete(key)) next.add(key);
      return next;
    });
  const add = () => {
    const key = `new-${added}`;
    setAdded(added + 1);
    setOpen(new Set([...open, key]));
    onChange((before) => [...before, newPeriod(key)]);
  };
  const full = periods.length >= mostPeriods;
  return (
    <section className={styles['periods']} aria-label="Periods">
      <div className={styles['sectionHead']}>
        <h3>Periods</h3>
        <Button
          size="compact-xs"
          disabled={full}
          title={full ? `A profile has at most ${mostPeriods} periods` : undefined}
          onClick={add}
        >
          Add a period
        </Button>
      </div>
      {faults.has('periods') ? (
        <div className={styles['fault']} role="alert">
          {faults.get('periods')}
        </div>
      ) : null}
      <ul className={styles['periodList']}>
        {periods.map((period) => (
          <Period
            key={period.key}
            period={period}
            faults={faults}
            zone={zone}
            open={open.has(period.key)}
            onToggle={() => toggle(period.key)}
            onChange={(part) =>
              onChange((before) => before.map((one) => (one.key === period.key ? { ...one, ...part } : one)))
            }
            onRemove={() => onChange((before) => before.filter(({ key }) => key !== period.key))}
          />
        ))}
      </ul>
    </section>
  );
}

type PeriodProps = {
  readonly period: PeriodDraft;
  readonly faults: Faults;
  readonly zone: string;
  readonly open: boolean;
  readonly onToggle: () => void;
  readonly onChange: (part: Partial<PeriodDraft>) => void;
  readonly onRemove: () => void;
};

function Period(props: PeriodProps) {
  const { period, faults, zone, open, onToggle, onRemove } = props;
  const name = period.name.trim() === '' ? 'New period' : visibleText(period.name);
  const isFaulty = ['name', 'rule', 'keep', 'minimum'].some((field) => faults.has(`${period.key}.${field}`));
  return (
    <li data-open={open || undefined}>
      <div className={styles['periodHead']}>
        <button type="button" className={styles['periodTitle']} aria-expanded={open} onClick={onToggle}>
          <span aria-hidden="true">{open ? '▾' : '▸'}</span>
          <b>{name}</b>
          <span className={styles['dim']}>{periodSentence(period, zone)}</span>
          {isFaulty ? (
            <span className={styles['faulty']}>
              <span aria-hidden="true">✕</span> needs a correction
            </span>
          ) : null}
        </button>
        <Button size="compact-xs" variant="subtle" aria-label={`Remove period ${name}`} onClick={onRemove}>
          Remove
        </Button>
      </div>
      {open ? <Fields {...props} /> : null}
    </li>
  );
}

function Fields({ period, faults, zone, onChange }: PeriodProps) {
  const fault = (field: string) => faults.get(`${period.key}.${field}`);
  return (
    <div className={styles['periodFields']}>
      <div className={styles['fields']}>
        <TextInput
          label="Name"
          value={period.name}
          error={fault('name')}
          onChange={(event) => onChange({ name: event.currentTarget.value })}
          w={180}
          data-autofocus
        />
        <KeepField label="Kept for" value={period.keep} fault={fault('keep')} onChange={(keep) => onChange({ keep })} />
        <TextInput
          label="At least the newest"
          title="So many of its newest good snapshots stay, however old they are"
          inputMode="numeric"
          value={period.minimum}
          error={fault('minimum')}
          onChange={(event) => onChange({ minimum: event.currentTarget.value })}
          w={140}
        />
      </div>
      <RuleFields period={period} fault={fault('rule')} zone={zone} onChange={onChange} />
      <div className={styles['fields']}>
        <Select
          label="A run that was missed"
          data={[
            { value: 'catchUp', label: 'is made up for' },
            { value: 'skip', label: 'is skipped' },
          ]}
          value={period.missed}
          allowDeselect={false}
          onChange={(value) => onChange({ missed: value === 'skip' ? 'skip' : 'catchUp' })}
          w={150}
        />
        <Checkbox
          label="Quiesce"
          description="Run the source's commands around it"
          checked={period.quiesce}
          onChange={(event) => onChange({ quiesce: event.currentTarget.checked })}
        />
        <Checkbox
          label="Locked"
          description="Nobody removes its snapshots before their time; an unlock takes seven days"
          checked={period.locked}
          onChange={(event) => onChange({ locked: event.currentTarget.checked })}
        />
      </div>
    </div>
  );
}
