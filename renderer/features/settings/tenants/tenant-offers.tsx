/** Snapshots of the operator's that a tenant may copy: those offered so far, and another one. */
import { Button, NumberInput, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { TenantOverview } from '../../../../shared/contract/tenants.ts';
import { problemIn, useAnswer, useOrder } from '../../../client/ask.ts';
import { useLive, usePrimaryRepository } from '../../../client/live-store.ts';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { manyChoices } from '../../../components/many-choices.ts';
import { Panel } from '../../../components/page.tsx';
import { ShowCommand } from '../../../components/show-command.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import styles from '../settings.module.css';
import { OfferTable } from './offer-table.tsx';

const dayMs = 86_400_000;

export function TenantOffers({ tenant: { tenant, title, state } }: { readonly tenant: TenantOverview }) {
  // What a job has copied meanwhile is told by no live state.
  const answer = useAnswer(['offers.list'], (client, signal) => client.offers.list({}, { signal }), { staleTimeMs: 0 });
  const withdraw = useOrder((client, offer: string) => client.offers.withdraw({ offer }), [['offers.list']]);
  const problem = problemIn(answer) ?? problemIn(withdraw);
  const offers = (answer.data?.offers ?? []).filter((offer) => offer.tenant === tenant);
  return (
    <Panel title="Snapshots offered to it">
      <p className={styles['lead']}>
        {visibleText(title)} sees what is offered, and may copy it into a repository of its own. A copy stays its own.
      </p>
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
      {offers.length === 0 ? null : (
        <OfferTable
          offers={offers}
          verb="Withdraw"
          busy={withdraw.isPending ? withdraw.variables : null}
          onAct={({ id }) => withdraw.mutate(id)}
        />
      )}
      {state === 'active' ? <NewOffer tenant={tenant} /> : null}
    </Panel>
  );
}

function NewOffer({ tenant }: { readonly tenant: string }) {
  const primary = usePrimaryRepository();
  const live = useLive((state) => state.sources);
  const names = [...new Set([...live.values()].filter(({ newest }) => newest !== null).map(({ name }) => name))];
  const [source, setSource] = useState<string | null>(null);
  const [note, setNote] = useState('');
  const [days, setDays] = useState(7);
  const order = useOrder(
    (client, asked: { readonly repository: string; readonly source: string }) =>
      client.offers.add({
        tenant,
        repository: { id: asked.repository },
        snapshot: 'latest',
        source: asked.source,
        note: note.trim(),
        lifetimeMs: days * dayMs,
      }),
    [['offers.list']],
  );
  const problem = problemIn(order);
  if (primary === undefined)
    return <p className={styles['lead']}>Connect a repository first: what is offered is copied out of it.</p>;
  return (
    <form
      className={`${styles['form']} ${styles['block']}`}
      aria-label="Offer a snapshot"
      onSubmit={(event) => {
        event.preventDefault();
        if (source === null || order.isPending) return;
        order.mutate(
          { repository: primary.id, source },
          {
            onSuccess: () => {
              setSource(null);
              setNote('');
            },
          },
        );
      }}
    >
      <Select
        {...manyChoices}
        label="The newest snapshot of"
        placeholder="choose a source"
        data={names.toSorted().map((name) => ({ value: name, label: visibleText(name) }))}
        value={source}
        onChange={setSource}
      />
      <TextInput
        label="What it is told about it"
        value={note}
        maxLength={1000}
        onChange={({ currentTarget: { value } }) => setNote(value)}
      />
      <NumberInput
        label="Stands for so many days"
        value={days}
        min={1}
        max={366}
        onChange={(value) => setDays(Number(value) || 7)}
      />
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <div className={styles['actions']}>
        <Button type="submit" disabled={source === null} loading={order.isPending}>
          Offer it
        </Button>
        <ShowCommand
          commands={[
            [
              'holdfast',
              'offer',
              'add',
              'latest',
              '--source',
              source ?? 'SOURCE',
              '--to',
              tenant,
              '--expires',
              `${days}d`,
              ...(note.trim() === '' ? [] : ['--note', note.trim()]),
            ],
          ]}
        />
      </div>
    </form>
  );
}
