/** One subscription: what it sends, and what can be done with it. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Subscription } from '../../../shared/contract/reports.ts';
import { ruleWords } from '../../../shared/model/rule-words.ts';
import { recipientWords, scopeWords } from '../../../shared/model/subscriptions.ts';
import { problemIn, useOrder } from '../../client/ask.ts';
import { usePrimaryRepository } from '../../client/live-store.ts';
import { May } from '../../client/may.tsx';
import { ConfirmDestructive } from '../../components/confirm-destructive.tsx';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { Panel } from '../../components/page.tsx';
import { tellSaved } from '../../components/saved-notice.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { periodWords } from './report-words.ts';
import styles from './reports.module.css';

/** Beginnings of keys whose answers are old after any change. */
export const subscriptionAnswers = [['subscriptions.list'], ['subscriptions.log']] as const;

type Props = { readonly subscription: Subscription; readonly onEdit: () => void };

export function OneSubscription({ subscription, onEdit }: Props) {
  const { name, to, reports, of, when, format, period, suspended, problem, quiet, zone } = subscription;
  const repository = { id: usePrimaryRepository()?.id ?? '' };
  const [removing, setRemoving] = useState(false);
  const send = useOrder((client, test: boolean) => client.subscriptions.send({ name, test }), subscriptionAnswers);
  const pause = useOrder(
    (client, stop: boolean) =>
      stop ? client.subscriptions.suspend({ repository, name }) : client.subscriptions.resume({ repository, name }),
    subscriptionAnswers,
  );
  const remove = useOrder((client) => client.subscriptions.remove({ repository, name }), subscriptionAnswers);
  const trouble = problemIn(send) ?? problemIn(pause);
  const plan = when === null ? 'when somebody asks for it' : `${ruleWords(when)}${zone === null ? '' : ` (${zone})`}`;
  const silence = quiet === null ? '' : `, not between ${quiet.from} and ${quiet.to}`;
  return (
    <Panel title={`Subscription ${visibleText(name)}`}>
      <p className={styles['lead']}>
        {reports.join(', ')} about {periodWords(period)} as {format.toUpperCase()} to {visibleText(recipientWords(to))},{' '}
        {plan}
        {silence}. {visibleText(scopeWords(of))}.
      </p>
      {problem === null ? null : <Notice tone="fail">{visibleText(problem)}</Notice>}
      {send.data === undefined ? null : send.data.state === 'sent' ? (
        <Notice tone="good">It was sent to {visibleText(send.data.to)}.</Notice>
      ) : (
        <Notice tone="fail">It did not arrive: {visibleText(send.data.problem ?? '')}</Notice>
      )}
      {trouble === null ? null : <ErrorNotice problem={trouble} />}
      <div className={`${styles['actions'] ?? ''} ${styles['spaced'] ?? ''}`}>
        <May call="subscriptions.send">
          <Button loading={send.isPending && send.variables} onClick={() => send.mutate(true)}>
            Send a test
          </Button>
          <Button loading={send.isPending && !send.variables} onClick={() => send.mutate(false)}>
            Send now
          </Button>
        </May>
        <May call="subscriptions.suspend">
          <Button loading={pause.isPending} onClick={() => pause.mutate(suspended === null)}>
            {suspended === null ? 'Suspend' : 'Resume'}
          </Button>
        </May>
        <May call="subscriptions.update">
          <Button onClick={onEdit}>Edit…</Button>
        </May>
        <May call="subscriptions.remove">
          <Button color="red" onClick={() => setRemoving(true)}>
            Remove…
          </Button>
        </May>
        <ShowCommand commands={[['holdfast', 'subscription', 'send', name]]} />
      </div>
      <ConfirmDestructive
        opened={removing}
        onClose={() => setRemoving(false)}
        title={`Remove ${visibleText(name)}`}
        goes={[{ id: name, name, detail: recipientWords(to), bytes: null }]}
        word={name}
        verb="Remove"
        busy={remove.isPending}
        problem={problemIn(remove)}
        onConfirm={() =>
          remove.mutate(undefined, {
            onSuccess: (saved) => {
              tellSaved(saved);
              setRemoving(false);
            },
          })
        }
      >
        <p>Nothing is sent by it any more. What was sent stays in the log.</p>
      </ConfirmDestructive>
    </Panel>
  );
}
