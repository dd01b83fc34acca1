/** A new subscription, or one that is changed. */
import { Button, Checkbox, Select, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Subscription } from '../../../shared/contract/reports.ts';
import { reportFormats } from '../../../shared/model/reports/formats.ts';
import { problemIn, useAnswer, useOrder } from '../../client/ask.ts';
import { usePrimaryRepository } from '../../client/live-store.ts';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { manyChoices } from '../../components/many-choices.ts';
import { Panel } from '../../components/page.tsx';
import { tellSaved } from '../../components/saved-notice.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { subscriptionAnswers } from './one-subscription.tsx';
import { periodChoices, useScopeChoices } from './report-words.ts';
import styles from './reports.module.css';
import { commandOf, definitionOf, draftFrom, faultIn, type SubscriptionDraft } from './subscription-draft.ts';

type Props = { readonly before: Subscription | null; readonly onClose: () => void };

export function SubscriptionForm({ before, onClose }: Props) {
  const [draft, setDraft] = useState(() => draftFrom(before));
  const [tried, setTried] = useState(false);
  const primary = usePrimaryRepository();
  const order = useOrder((client, wanted: SubscriptionDraft) => {
    const input = { repository: { id: primary?.id ?? '' }, subscription: definitionOf(wanted, before) };
    return before === null ? client.subscriptions.add(input) : client.subscriptions.update(input);
  }, subscriptionAnswers);
  const fault = primary === undefined ? 'First choose where snapshots are stored.' : faultIn(draft);
  const problem = problemIn(order);
  const change = (part: Partial<SubscriptionDraft>) => setDraft({ ...draft, ...part });
  return (
    <Panel title={before === null ? 'Add a subscription' : `Change ${visibleText(before.name)}`} marked>
      <form
        className={styles['form']}
        aria-label={before === null ? 'New subscription' : 'Subscription'}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (fault !== null || order.isPending) return;
          order.mutate(draft, {
            onSuccess: (saved) => {
              tellSaved(saved);
              onClose();
            },
          });
        }}
      >
        <TextInput
          label="Name"
          description="The subject of the mail."
          value={draft.name}
          maxLength={100}
          disabled={before !== null}
          onChange={({ currentTarget: { value } }) => change({ name: value })}
        />
        <RecipientFields draft={draft} onChange={change} />
        <ReportChoices draft={draft} onChange={change} />
        <WhatFields draft={draft} onChange={change} />
        <WhenFields draft={draft} onChange={change} />
        {problem === null ? null : (
          <div className={styles['whole']}>
            <ErrorNotice problem={problem} />
          </div>
        )}
        {tried && fault !== null ? (
          <div className={styles['whole']} role="alert">
            <Notice tone="part">{fault}</Notice>
          </div>
        ) : null}
        <div className={`${styles['actions'] ?? ''} ${styles['whole'] ?? ''}`}>
          <Button type="submit" variant="filled" loading={order.isPending}>
            {before === null ? 'Add the subscription' : 'Save'}
          </Button>
          <Button onClick={onClose}>Cancel</Button>
          <ShowCommand commands={[commandOf(draft, before)]} />
        </div>
      </form>
    </Panel>
  );
}

type FieldsProps = { readonly draft: SubscriptionDraft; readonly onChange: (part: Partial<SubscriptionDraft>) => void };

/** Mail goes by a server that a route of alerts knows already. */
function RecipientFields({ draft, onChange }: FieldsProps) {
  const answer = useAnswer(['routes.list'], (client, signal) => client.routes.list({}, { signal }));
  const routes = (answer.data?.routes ?? []).filter(
    ({ target }) => target.kind === 'mail' || (target.kind === 'webhook' && draft.address.trim() === ''),
  );
  const known = routes.map(({ name }) => name);
  const data = draft.route === '' || known.includes(draft.route) ? known : [...known, draft.route];
  return (
    <>
      <TextInput
        label="Mail address"
        description="Empty: to whoever the route leads to."
        type="email"
        value={draft.address}
        maxLength={320}
        onChange={({ currentTarget: { value } }) => onChange({ address: value })}
      />
      <div>
        <Select
          label="By the route"
          description="Whose mail server is used, or who gets it."
          data={data}
          value={draft.route === '' ? null : draft.route}
          onChange={(value) => onChange({ route: value ?? '' })}
        />
        {answer.data !== undefined && data.length === 0 ? (
          <Link to="/settings" search={{ section: 'notifications' }}>
            Add a route of mail in Settings
          </Link>
        ) : null}
      </div>
    </>
  );
}

function ReportChoices({ draft: { reports }, onChange }: FieldsProps) {
  const answer = useAnswer(['reports.list'], (client, signal) => client.reports.list({}, { signal }));
  return (
    <fieldset className={`${styles['checks'] ?? ''} ${styles['whole'] ?? ''}`}>
      <legend>Reports</legend>
      {(answer.data?.reports ?? []).map(({ name, title }) => (
        <Checkbox
          key={name}
          label={title}
          checked={reports.includes(name)}
          onChange={({ currentTarget: { checked } }) =>
            onChange({ reports: checked ? [...reports, name] : reports.filter((one) => one !== name) })
          }
        />
      ))}
    </fieldset>
  );
}

function WhatFields({ draft, onChange }: FieldsProps) {
  const scopes = useScopeChoices(draft.of);
  return (
    <>
      <Select
        {...manyChoices}
        label="Of"
        data={scopes}
        value={draft.of}
        allowDeselect={false}
        onChange={(value) => onChange({ of: value ?? '' })}
      />
      <Select
        label="About"
        data={periodChoices(draft.period)}
        value={draft.period}
        allowDeselect={false}
        onChange={(value) => onChange({ period: value ?? draft.period })}
      />
      <Select
        label="As"
        data={reportFormats.map((format) => ({ value: format, label: format.toUpperCase() }))}
        value={draft.format}
        allowDeselect={false}
        onChange={(value) => onChange({ format: reportFormats.find((format) => format === value) ?? draft.format })}
      />
    </>
  );
}

const often = [
  { value: 'daily', label: 'every day' },
  { value: 'weekly', label: 'every week' },
  { value: 'monthly', label: 'every month' },
  { value: 'cron', label: 'by a cron expression' },
  { value: 'never', label: 'only when I ask for it' },
];
const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'].map((label, at) => ({
  value: String(at + 1),
  label,
}));

function WhenFields({ draft, onChange }: FieldsProps) {
  const { often: chosen } = draft;
  const isTimed = chosen === 'daily' || chosen === 'weekly' || chosen === 'monthly';
  return (
    <>
      <Select
        label="When"
        data={often}
        value={chosen}
        allowDeselect={false}
        onChange={(value) => onChange({ often: value ?? chosen })}
      />
      {chosen === 'weekly' ? (
        <Select
          label="On"
          data={weekdays}
          value={draft.weekday}
          allowDeselect={false}
          onChange={(value) => onChange({ weekday: value ?? draft.weekday })}
        />
      ) : null}
      {chosen === 'monthly' ? (
        <TextInput
          label="Day of the month"
          description="1 to 31; the last one where a month has fewer."
          value={draft.day}
          onChange={({ currentTarget: { value } }) => onChange({ day: value })}
        />
      ) : null}
      {isTimed ? (
        <TextInput
          label="At"
          description="Time of day, such as 07:00."
          value={draft.time}
          onChange={({ currentTarget: { value } }) => onChange({ time: value })}
        />
      ) : null}
      {chosen === 'cron' ? (
        <TextInput
          label="Cron expression"
          description="Minute, hour, day, month, weekday."
          value={draft.cron}
          onChange={({ currentTarget: { value } }) => onChange({ cron: value })}
        />
      ) : null}
      {chosen === 'never' ? null : (
        <>
          <TextInput
            label="Time zone"
            description="As Europe/Berlin; empty: that of the machine."
            value={draft.zone}
            onChange={({ currentTarget: { value } }) => onChange({ zone: value })}
          />
          <div className={styles['pair']}>
            <TextInput
              label="Quiet from"
              description="Empty: at any time."
              value={draft.quietFrom}
              onChange={({ currentTarget: { value } }) => onChange({ quietFrom: value })}
            />
            <TextInput
              label="Quiet to"
              description="Sent when it is over."
              value={draft.quietTo}
              onChange={({ currentTarget: { value } }) => onChange({ quietTo: value })}
            />
          </div>
        </>
      )}
    </>
  );
}
