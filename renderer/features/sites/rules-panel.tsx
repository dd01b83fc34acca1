/** Rules: what goes where and how long it is kept there; a new one, and one that goes. */
import { Button, Checkbox, NumberInput, Select } from '@mantine/core';
import { useState } from 'react';
import type { Profile } from '../../../shared/contract/profiles.ts';
import type { Site } from '../../../shared/contract/sites.ts';
import type { SyncRuleView } from '../../../shared/contract/sync.ts';
import { parseKeep } from '../../../shared/model/rule-words.ts';
import { defaultPriority, type SyncScope } from '../../../shared/model/sync-rules.ts';
import { problemIn, useAnswer, useOrder } from '../../client/ask.ts';
import { usePrimaryRepository } from '../../client/live-store.ts';
import { May } from '../../client/may.tsx';
import { siteAnswers, useSyncRules } from '../../client/sites.ts';
import { DataTable, type Column } from '../../components/data-table.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Panel } from '../../components/page.tsx';
import { visibleText } from '../../components/visible-text.ts';
import styles from './sites.module.css';
import { keptWords, ruleWords } from './words.ts';

const keeps = [
  { value: 'same', label: 'as its profile says' },
  { value: '14d', label: '14 days' },
  { value: '8w', label: '8 weeks' },
  { value: '12m', label: '12 months' },
  { value: '7y', label: '7 years' },
  { value: 'forever', label: 'for ever' },
];

export function RulesPanel({ sites }: { readonly sites: readonly Site[] }) {
  const [adding, setAdding] = useState(false);
  const rules = useSyncRules();
  const profiles = useAnswer(['profiles.list'], (client, signal) => client.profiles.list({}, { signal }));
  const primary = usePrimaryRepository();
  const remove = useOrder(
    (client, id: string) => client.sync.removeRule({ repository: { id: primary?.id ?? '' }, id }),
    siteAnswers,
  );
  const known = profiles.data?.profiles ?? [];
  const columns = columnsOf(known, (id) => remove.mutate(id));
  const problem = problemIn(rules) ?? problemIn(remove);
  return (
    <Panel
      title="Rules"
      aside={
        <May call="sync.addRule">
          <Button size="compact-xs" onClick={() => setAdding(!adding)} aria-expanded={adding}>
            Add a rule…
          </Button>
        </May>
      }
      flush
    >
      {problem === null ? null : <ErrorNotice problem={problem} />}
      {adding ? <AddRule sites={sites} onClose={() => setAdding(false)} /> : null}
      <DataTable
        label="Rules of sync"
        columns={columns}
        rows={rules.data?.rules ?? []}
        keyOf={({ id }) => id}
        maxHeight={220}
        empty={<p className={styles['dim']}>Without a rule nothing goes to a site by itself.</p>}
      />
    </Panel>
  );
}

function columnsOf(known: readonly Profile[], onRemove: (id: string) => void): readonly Column<SyncRuleView>[] {
  return [
    { id: 'what', header: 'What', width: 'minmax(110px, 1fr)', cell: (rule) => visibleText(ruleWords(rule, known)) },
    { id: 'from', header: 'From', width: '110px', cell: ({ from }) => visibleText(from ?? 'this console') },
    { id: 'to', header: 'To', width: '110px', cell: ({ to }) => visibleText(to) },
    { id: 'keep', header: 'Kept there', width: 'minmax(120px, 1fr)', cell: (rule) => keptWords(rule) },
    { id: 'priority', header: 'Priority', width: '70px', align: 'end', cell: ({ priority }) => String(priority) },
    {
      id: 'remove',
      header: 'Change',
      width: '90px',
      cell: ({ id }) => <RemoveRule onRemove={() => onRemove(id)} />,
    },
  ];
}

function RemoveRule({ onRemove }: { readonly onRemove: () => void }) {
  return (
    <May call="sync.removeRule">
      <Button size="compact-xs" onClick={onRemove}>
        Remove
      </Button>
    </May>
  );
}

type AddRuleProps = {
  readonly sites: readonly Site[];
  readonly onClose: () => void;
  /** What comes after it is shown where it stands. */
  readonly stays?: boolean;
};

export function AddRule({ sites, onClose, stays = false }: AddRuleProps) {
  const primary = usePrimaryRepository();
  const profiles = useAnswer(['profiles.list'], (client, signal) => client.profiles.list({}, { signal }));
  const sources = useAnswer(['sources.list'], (client, signal) => client.sources.list({}, { signal }));
  const [to, setTo] = useState(sites.find((site) => !site.primary)?.name ?? null);
  const [from, setFrom] = useState<string>('');
  const [what, setWhat] = useState('everything');
  const [keep, setKeep] = useState('same');
  const [priority, setPriority] = useState<number>(defaultPriority);
  const [hold, setHold] = useState(false);
  const order = useOrder(
    (client, scope: SyncScope) =>
      client.sync.addRule({
        repository: { id: primary?.id ?? '' },
        rule: {
          from: from === '' ? null : from,
          to: to ?? '',
          scope,
          keep: keep === 'same' ? 'same' : (parseKeep(keep) ?? 'forever'),
          minimum: 0,
          priority,
          holdUntilSent: hold,
          prefix: '',
        },
      }),
    siteAnswers,
  );
  const problem = problemIn(order);
  const periods = (profiles.data?.profiles ?? []).flatMap((profile) =>
    profile.periods.map(({ id, name }) => ({
      value: `period ${profile.id} ${id}`,
      label: `${name} of ${profile.name}`,
    })),
  );
  const named = (sources.data?.sources ?? []).map(({ name }) => ({ value: `source ${name}`, label: name }));
  return (
    <form
      className={stays ? styles['form'] : `${styles['form']} ${styles['inset']}`}
      aria-label="New rule"
      onSubmit={(event) => {
        event.preventDefault();
        if (to !== null && primary !== undefined) order.mutate(scopeOf(what), stays ? {} : { onSuccess: onClose });
      }}
    >
      <Select
        label="What"
        data={[{ value: 'everything', label: 'Everything' }, ...periods, ...named]}
        value={what}
        allowDeselect={false}
        searchable
        onChange={(value) => value !== null && setWhat(value)}
      />
      <Select
        label="To"
        data={sites.filter((site) => !site.primary).map(({ name }) => name)}
        value={to}
        allowDeselect={false}
        onChange={setTo}
      />
      <Select
        label="Read from"
        data={[{ value: '', label: 'this console' }, ...sites.map(({ name }) => ({ value: name, label: name }))]}
        value={from}
        allowDeselect={false}
        onChange={(value) => setFrom(value ?? '')}
      />
      <Select
        label="Kept there"
        data={keeps}
        value={keep}
        allowDeselect={false}
        onChange={(value) => value !== null && setKeep(value)}
      />
      <NumberInput
        label="Priority"
        description="0 goes first."
        min={0}
        max={9}
        value={priority}
        onChange={(value) => setPriority(Number(value))}
      />
      <Checkbox
        label="Nothing expires here before it was sent"
        checked={hold}
        onChange={(event) => setHold(event.currentTarget.checked)}
      />
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <div className={styles['actions']}>
        <Button type="submit" variant="filled" loading={order.isPending} disabled={to === null}>
          Add the rule
        </Button>
        <Button onClick={onClose}>{stays ? 'Not now' : 'Cancel'}</Button>
      </div>
    </form>
  );
}

function scopeOf(what: string): SyncScope {
  const [kind, first = '', second = ''] = what.split(' ');
  if (kind === 'period') return { kind: 'period', profile: first, period: second };
  if (kind === 'source') return { kind: 'source', source: what.slice('source '.length) };
  return { kind: 'everything' };
}
