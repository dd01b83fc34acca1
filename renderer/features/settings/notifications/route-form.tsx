/** The form of a route: its name, what its kind asks for, and what is told by it. */
import { Button, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Route } from '../../../../shared/contract/routes.ts';
import { ErrorNotice, type Trouble } from '../../../components/error-notice.tsx';
import styles from '../settings.module.css';
import { CheckFields } from './check-fields.tsx';
import { MailFields } from './mail-fields.tsx';
import { faultsOf, type Fault, type Faults, type RouteDraft } from './route-draft.ts';
import { levelChoices, reminderChoices, reminderWords } from './route-words.ts';
import { WebhookFields } from './webhook-fields.tsx';

export type FieldsProps = {
  readonly draft: RouteDraft;
  readonly before: Route | null;
  /** Shown once the field was left, or somebody has tried to save. */
  readonly faults: Faults;
  readonly onChange: (change: Partial<RouteDraft>) => void;
  readonly onLeave: (field: Fault) => void;
};

type RouteFormProps = {
  readonly label: string;
  readonly begin: RouteDraft;
  /** The route that is changed; null: a new one. */
  readonly before: Route | null;
  readonly routes: readonly Route[];
  readonly verb: string;
  readonly busy: boolean;
  readonly problem: Trouble | null;
  readonly onSave: (draft: RouteDraft) => void;
  readonly onCancel: () => void;
};

export function RouteForm({ label, begin, before, routes, verb, busy, problem, onSave, onCancel }: RouteFormProps) {
  const [draft, setDraft] = useState(begin);
  const [left, setLeft] = useState<ReadonlySet<Fault> | 'all'>(new Set());
  const others = new Set(routes.filter(({ id }) => id !== before?.id).map(({ name }) => name));
  const all = faultsOf(draft, before, others);
  const faults =
    left === 'all' ? all : Object.fromEntries(Object.entries(all).filter(([name]) => left.has(name as Fault)));
  const fields: FieldsProps = {
    draft,
    before,
    faults,
    onChange: (change) => setDraft({ ...draft, ...change }),
    onLeave: (field) => setLeft(left === 'all' ? left : new Set([...left, field])),
  };
  return (
    <form
      className={styles['route']}
      aria-label={label}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setLeft('all');
        if (Object.keys(all).length === 0 && !busy) onSave(draft);
      }}
    >
      <NameField {...fields} />
      {draft.kind === 'mail' ? <MailFields {...fields} onDraft={setDraft} /> : null}
      {draft.kind === 'webhook' ? <WebhookFields {...fields} /> : null}
      {draft.kind === 'healthCheck' ? <CheckFields {...fields} /> : <WhenFields {...fields} />}
      {problem === null ? null : <ErrorNotice problem={problem} />}
      {left === 'all' && Object.keys(all).length > 0 ? (
        <div role="alert" className={styles['fault']}>
          Something is missing or wrong above.
        </div>
      ) : null}
      <div className={styles['actions']}>
        <Button type="submit" variant="filled" loading={busy}>
          {verb}
        </Button>
        <Button onClick={onCancel}>Cancel</Button>
      </div>
    </form>
  );
}

function NameField({ draft, faults, onChange, onLeave }: FieldsProps) {
  return (
    <TextInput
      label="Name"
      description="Who is told by it, in a word: it stands in lists and in alerts about it."
      value={draft.name}
      maxLength={100}
      error={faults.name}
      onChange={({ currentTarget: { value } }) => onChange({ name: value })}
      onBlur={() => onLeave('name')}
      autoComplete="off"
    />
  );
}

/** Which alerts, and how often they are repeated. */
function WhenFields({ draft, onChange }: FieldsProps) {
  const choices = reminderChoices.includes(draft.remindEveryMs)
    ? reminderChoices
    : [draft.remindEveryMs, ...reminderChoices];
  return (
    <div className={styles['pair']}>
      <Select
        label="Which alerts"
        data={levelChoices.map((one) => ({ ...one }))}
        value={draft.atLeast}
        allowDeselect={false}
        onChange={(value) =>
          onChange({ atLeast: levelChoices.find((one) => one.value === value)?.value ?? draft.atLeast })
        }
      />
      <Select
        label="Reminders"
        data={choices.map((ms) => ({ value: String(ms), label: reminderWords(ms) }))}
        value={String(draft.remindEveryMs)}
        allowDeselect={false}
        onChange={(value) => onChange({ remindEveryMs: value === null || value === 'null' ? null : Number(value) })}
      />
    </div>
  );
}
