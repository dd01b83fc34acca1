/** Who pushes here: how much, when last and from where; what each of them may is changed, or they are let in no more. */
import { Button, Checkbox, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { SiteUser } from '../../../../shared/contract/site-server.ts';
import { formatBytes } from '../../../../shared/model/units.ts';
import { problemIn, useOrder, type Answer } from '../../../client/ask.ts';
import { siteServerAnswers } from '../../../client/site-server.ts';
import { ConfirmDestructive } from '../../../components/confirm-destructive.tsx';
import { DataTable, type Column } from '../../../components/data-table.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { Bytes, Count } from '../../../components/numbers.tsx';
import { Panel } from '../../../components/page.tsx';
import { PathText } from '../../../components/path-text.tsx';
import { RelativeTime } from '../../../components/relative-time.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import styles from '../sites.module.css';
import { quotaOf } from './invite-draft.ts';
import { usedWords } from './user-words.ts';

export function UsersPanel({ answer }: { readonly answer: Answer<{ readonly users: readonly SiteUser[] }> }) {
  const [open, setOpen] = useState<string | null>(null);
  const users = answer.data?.users ?? [];
  const chosen = users.find(({ name }) => name === open);
  const problem = problemIn(answer);
  return (
    <Panel title="Who pushes here" flush>
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
      <DataTable
        label="Who pushes here"
        columns={columns}
        rows={users}
        keyOf={({ name }) => name}
        loading={answer.isPending}
        failed={answer.isError}
        onOpen={({ name }) => setOpen(name === open ? null : name)}
        currentKey={open ?? undefined}
        maxHeight={320}
        empty={
          problem === null ? (
            <EmptyState title="Nobody pushes here yet">
              Invite another console with a code, or make a user for restic with <code>holdfast site user add</code>.
            </EmptyState>
          ) : null
        }
      />
      {chosen === undefined ? null : <ChangeUser key={chosen.name} user={chosen} onClose={() => setOpen(null)} />}
    </Panel>
  );
}

function ChangeUser({ user, onClose }: { readonly user: SiteUser; readonly onClose: () => void }) {
  const before = user.quotaBytes === null ? '' : formatBytes(user.quotaBytes);
  const [quota, setQuota] = useState(before);
  const [appendOnly, setAppendOnly] = useState(user.appendOnly);
  const [removing, setRemoving] = useState(false);
  const bytes = quotaOf(quota);
  const order = useOrder(
    (client, terms: { quotaBytes?: number | null; appendOnly: boolean }) =>
      client.siteServer.update({ name: user.name, ...terms }),
    siteServerAnswers,
  );
  const remove = useOrder((client, name: string) => client.siteServer.remove({ name }), siteServerAnswers);
  const problem = problemIn(order);
  return (
    <form
      className={`${styles['form']} ${styles['inset']}`}
      aria-label={`What ${user.name} may`}
      onSubmit={(event) => {
        event.preventDefault();
        if (bytes === undefined || order.isPending) return;
        // What is shown is rounded: it is said anew only where somebody has changed it.
        order.mutate({ appendOnly, ...(quota !== before && { quotaBytes: bytes }) }, { onSuccess: onClose });
      }}
    >
      <TextInput
        label={`Quota of ${visibleText(user.name)}`}
        description="Such as 500G; empty: as much as the disk has."
        value={quota}
        error={bytes === undefined ? 'That is no size.' : undefined}
        onChange={(event) => setQuota(event.currentTarget.value)}
      />
      <Checkbox
        label="Adds, and removes nothing (append-only)"
        checked={appendOnly}
        onChange={(event) => setAppendOnly(event.currentTarget.checked)}
      />
      <div className={styles['wide']}>
        Its repository lies in <PathText path={user.folder} />; <Count value={user.requests} /> requests,{' '}
        <Count value={user.refused} /> refused.
      </div>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <div className={styles['actions']}>
        <Button type="submit" variant="filled" disabled={bytes === undefined} loading={order.isPending}>
          Save
        </Button>
        <Button onClick={onClose}>Leave it</Button>
        <Button onClick={() => setRemoving(true)}>Let in no more…</Button>
      </div>
      <ConfirmDestructive
        opened={removing}
        onClose={() => setRemoving(false)}
        title={`Let ${visibleText(user.name)} in no more`}
        goes={[{ id: user.name, name: user.name, detail: 'the right to push here', bytes: null }]}
        word={user.name}
        verb="Let in no more"
        busy={remove.isPending}
        problem={problemIn(remove)}
        onConfirm={() => remove.mutate(user.name, { onSuccess: onClose })}
      >
        <p>
          It counts at once, also for what is being sent. The repository stays in {visibleText(user.folder)}, with all
          it holds.
        </p>
      </ConfirmDestructive>
    </form>
  );
}

const columns: readonly Column<SiteUser>[] = [
  { id: 'name', header: 'User', width: 'minmax(110px, 1fr)', cell: ({ name }) => <b>{visibleText(name)}</b> },
  {
    id: 'paired',
    header: 'Console',
    width: 'minmax(110px, 1fr)',
    cell: ({ pairedWith }) =>
      pairedWith === null ? <span className={styles['plain']}>by a password</span> : visibleText(pairedWith),
  },
  {
    id: 'mode',
    header: 'May',
    width: '160px',
    cell: ({ appendOnly }) => (appendOnly ? 'add, remove nothing' : 'add and remove'),
  },
  { id: 'used', header: 'Used', width: '170px', align: 'end', cell: (user) => usedWords(user) },
  {
    id: 'received',
    header: 'Received',
    width: '100px',
    minTable: 820,
    align: 'end',
    cell: ({ receivedBytes }) => <Bytes value={receivedBytes} />,
  },
  {
    id: 'last',
    header: 'Last seen',
    width: 'minmax(140px, 1fr)',
    cell: ({ lastUsedAt, lastAddress }) =>
      lastUsedAt === null ? (
        'never'
      ) : (
        <>
          <RelativeTime at={lastUsedAt} />
          {lastAddress === null ? '' : `, from ${visibleText(lastAddress)}`}
        </>
      ),
  },
];
