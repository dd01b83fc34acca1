/** Cases for which snapshots are held, with who asked, what they hold, and how they are let go. */
import { Button, Checkbox } from '@mantine/core';
import { useState } from 'react';
import type { HoldCase } from '../../../shared/contract/cases.ts';
import { problemIn, useAnswer, useOrder } from '../../client/ask.ts';
import { usePrimaryRepository } from '../../client/live-store.ts';
import { May } from '../../client/may.tsx';
import { actorWords } from '../../components/actor.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Panel } from '../../components/page.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { tellSaved } from '../../components/saved-notice.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { ChangeCase, CloseCase, OpenCase } from './case-forms.tsx';
import { heldWords, sayCase } from './compliance-words.ts';
import styles from './compliance.module.css';

export function CasesPanel() {
  const [all, setAll] = useState(false);
  const [opens, setOpens] = useState(false);
  const answer = useAnswer(['cases.list', all], (client, signal) => client.cases.list({ all }, { signal }), {
    keepPrevious: true,
  });
  const problem = problemIn(answer);
  const cases = answer.data?.cases ?? [];
  return (
    <Panel
      title="Legal holds"
      aside={
        <div className={styles['asideActions']}>
          <Checkbox
            label="also closed ones"
            checked={all}
            onChange={({ currentTarget }) => setAll(currentTarget.checked)}
          />
          <May call="cases.open">
            <Button onClick={() => setOpens(true)}>Open a case…</Button>
          </May>
        </div>
      }
    >
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
      {answer.data === undefined && problem === null ? <Skeleton lines={2} /> : null}
      {answer.data !== undefined && cases.length === 0 ? (
        <span className={styles['dim']}>
          Nothing is held for a case. A case keeps snapshots whatever retention says, for a court or an audit, until it
          is closed.
        </span>
      ) : null}
      {cases.map((one) => (
        <Case key={one.reference} of={one} />
      ))}
      <OpenCase opened={opens} onClose={() => setOpens(false)} />
    </Panel>
  );
}

function Case({ of }: { readonly of: HoldCase }) {
  const { reference, requestedBy, reason, reviewAt, state, closed } = of;
  const [task, setTask] = useState<'change' | 'close' | null>(null);
  const { tone, words } = sayCase(state);
  const close = (): void => setTask(null);
  return (
    <div className={styles['place']}>
      <b>{visibleText(reference)}</b>
      <StatusBadge tone={tone}>{words}</StatusBadge>
      <p>
        {visibleText(reason)}. Asked for by {visibleText(requestedBy)}. {visibleText(heldWords(of))}{' '}
        <span className={styles['dim']}>
          {closed !== null ? (
            <>
              Closed <RelativeTime at={closed.at} /> by {actorWords(closed.by)}: {visibleText(closed.reason)}. Let go{' '}
              <RelativeTime at={closed.endsAt} />.
            </>
          ) : reviewAt === null ? (
            'No review is set.'
          ) : (
            <>
              To be reviewed <RelativeTime at={reviewAt} />.
            </>
          )}
        </span>
      </p>
      {state === 'open' ? (
        <div className={styles['actions']}>
          <May call="cases.update">
            <Button aria-label={`Change or add to ${visibleText(reference)}`} onClick={() => setTask('change')}>
              Change…
            </Button>
          </May>
          <May call="cases.close">
            <Button aria-label={`Close ${visibleText(reference)}`} onClick={() => setTask('close')}>
              Close…
            </Button>
          </May>
        </div>
      ) : null}
      {state === 'closing' ? (
        <May call="cases.reopen">
          <Reopen reference={reference} />
        </May>
      ) : null}
      <ChangeCase of={of} opened={task === 'change'} onClose={close} />
      <CloseCase of={of} opened={task === 'close'} onClose={close} />
    </div>
  );
}

function Reopen({ reference }: { readonly reference: string }) {
  const primary = usePrimaryRepository();
  const order = useOrder(
    (client, id: string) => client.cases.reopen({ repository: { id }, reference }),
    [['cases.list'], ['browse.snapshot'], ['browse.timeline']],
  );
  const problem = problemIn(order);
  return (
    <>
      <Button
        aria-label={`Open ${visibleText(reference)} again`}
        disabled={primary === undefined}
        loading={order.isPending}
        onClick={() => order.mutate(primary?.id ?? '', { onSuccess: tellSaved })}
      >
        Open again
      </Button>
      {problem === null ? null : <ErrorNotice problem={problem} />}
    </>
  );
}
