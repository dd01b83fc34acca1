/** What a move of protection would cost, source by source, what stands in the way, and the word that starts it. */
import { Button, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { LeftBehind, MovePreview, SourceLoss } from '../../../../shared/contract/failover.ts';
import { formatDuration } from '../../../../shared/model/units.ts';
import { problemIn, startJob, useAnswer, useOrder } from '../../../client/ask.ts';
import { useRefusal } from '../../../client/me.ts';
import { ChecksList } from '../../../components/checks-list.tsx';
import { DataTable, type Column } from '../../../components/data-table.tsx';
import { ErrorNotice, Notice } from '../../../components/error-notice.tsx';
import { Count } from '../../../components/numbers.tsx';
import { Panel } from '../../../components/page.tsx';
import { DayTime, RelativeTime } from '../../../components/relative-time.tsx';
import { ShowCommand } from '../../../components/show-command.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import styles from '../sites.module.css';
import { isCopiedFirst, moveVerdict, restOfMissing } from './move-model.ts';

type MoveAheadProps = { readonly to: string; readonly onBack: () => void };

export function MoveAhead({ to, onBack }: MoveAheadProps) {
  const answer = useAnswer(
    ['failover.preview', to],
    (client, signal) => client.failover.preview({ to }, { signal }),
    // What stands here is decided upon: it is never an old answer.
    { staleTimeMs: 0 },
  );
  const problem = problemIn(answer);
  const preview = answer.data;
  return (
    <>
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
      {preview === undefined && problem === null ? (
        <Panel title="Looking at both ends">
          <p className={styles['lead']} role="status">
            Both repositories are asked what they hold. One that does not answer can take a minute.
          </p>
          <Skeleton lines={6} />
        </Panel>
      ) : null}
      {preview === undefined ? null : <Losses preview={preview} />}
      {preview === undefined ? null : (
        <Panel>
          <ChecksList checks={preview.checks} />
        </Panel>
      )}
      <Panel title="Confirm" marked={preview !== undefined}>
        {preview === undefined ? null : <Confirm preview={preview} to={to} asking={answer.isFetching} />}
        <div className={styles['actions']}>
          <Button onClick={onBack}>Back</Button>
          <Button loading={answer.isFetching} onClick={() => void answer.refetch()}>
            Look again
          </Button>
          <ShowCommand
            commands={[
              ['holdfast', 'failover', preview?.to.name ?? to, '--dry-run'],
              ['holdfast', 'failover', preview?.to.name ?? to],
            ]}
          />
        </div>
      </Panel>
    </>
  );
}

function Losses({ preview }: { readonly preview: MovePreview }) {
  const { from, to, losses, missing, plannedAt } = preview;
  const rest = restOfMissing(preview, missing);
  return (
    <Panel
      title={`From ${visibleText(from.name)} to ${visibleText(to.name)}`}
      aside={
        <>
          looked at <RelativeTime at={plannedAt} />
        </>
      }
    >
      <p className={styles['verdict']} role="status">
        {visibleText(moveVerdict(preview))}
      </p>
      <DataTable
        label="What each end holds, worst first"
        columns={lossColumns(from.name, to.name)}
        rows={losses}
        keyOf={({ source }) => source}
        maxHeight={260}
        empty={<p className={styles['dim']}>Neither end holds a snapshot.</p>}
      />
      {missing.length === 0 ? null : (
        <>
          <h3 className={styles['sub']}>
            {isCopiedFirst(preview)
              ? `Copied to ${visibleText(to.name)} before protection moves`
              : `Not in ${visibleText(to.name)}: these stay behind`}
          </h3>
          <DataTable
            label="Snapshots that only the end which is left holds"
            columns={missingColumns}
            rows={missing}
            keyOf={({ snapshot }) => snapshot}
            maxHeight={200}
          />
          {rest === null ? null : <p className={styles['dim']}>{rest}</p>}
        </>
      )}
    </Panel>
  );
}

function lossColumns(from: string, to: string): readonly Column<SourceLoss>[] {
  return [
    { id: 'source', header: 'Source', width: 'minmax(110px, 1fr)', cell: ({ source }) => visibleText(source) },
    {
      id: 'from',
      header: `Newest good in ${visibleText(from)}`,
      width: 'minmax(150px, 1fr)',
      cell: ({ newestFrom }) => (newestFrom === null ? 'none' : <DayTime at={newestFrom} />),
    },
    {
      id: 'to',
      header: `In ${visibleText(to)}`,
      width: 'minmax(150px, 1fr)',
      cell: ({ newestTo }) => (newestTo === null ? 'none' : <DayTime at={newestTo} />),
    },
    {
      id: 'loss',
      header: 'Behind',
      width: '100px',
      align: 'end',
      cell: ({ lossMs }) => (lossMs === null ? 'all' : lossMs === 0 ? 'none' : formatDuration(lossMs)),
    },
    {
      id: 'missing',
      header: 'Not there',
      width: '80px',
      align: 'end',
      cell: ({ missing }) => <Count value={missing} />,
    },
  ];
}

const missingColumns: readonly Column<LeftBehind>[] = [
  { id: 'taken', header: 'Taken', width: '150px', cell: ({ takenAt }) => <DayTime at={takenAt} /> },
  { id: 'age', header: 'Age', width: '120px', cell: ({ takenAt }) => <RelativeTime at={takenAt} /> },
  { id: 'source', header: 'Source', width: 'minmax(110px, 1fr)', cell: ({ source }) => visibleText(source) },
  { id: 'status', header: 'State', width: '130px', cell: ({ status }) => visibleText(status) },
  {
    id: 'id',
    header: 'Snapshot',
    width: '90px',
    cell: ({ snapshot }) => <span className={styles['mono']}>{snapshot.slice(0, 8)}</span>,
  },
];

type ConfirmProps = { readonly preview: MovePreview; readonly to: string; readonly asking: boolean };

function Confirm({ preview, to, asking }: ConfirmProps) {
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const refusal = useRefusal('failover.create');
  const order = useOrder(async (client, target: string) => {
    const { run } = await client.failover.create({ to: target });
    await startJob(client.restoreRuns.start({ run, repository: null, aws: null, detach: true }));
    return run;
  });
  const problem = problemIn(order);
  const name = preview.to.name;
  if (refusal !== null)
    return (
      <Notice tone="part" title={`Moving protection needs the role ${refusal.required}`}>
        You are signed in with the role {refusal.role}.
      </Notice>
    );
  if (preview.checks.some(({ level }) => level === 'blocker'))
    return (
      <Notice tone="fail" title="It cannot begin as things are">
        What is in the way is listed above. Mend it, then look again.
      </Notice>
    );
  const ready = typed.trim() === name && !asking && !order.isPending;
  return (
    <form
      className={styles['confirm']}
      aria-label="Confirm the move"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) order.mutate(to, { onSuccess: (run) => void navigate({ to: '/recovery/$run', params: { run } }) });
      }}
    >
      <p className={styles['lead']}>
        Runs wait while the rest is copied, then go on into {visibleText(name)}. Each step says how it is taken back.
      </p>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <TextInput
        label={
          <>
            Type <b>{visibleText(name)}</b> to confirm
          </>
        }
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        autoComplete="off"
        spellCheck={false}
      />
      <div>
        <Button type="submit" variant="filled" disabled={!ready} loading={order.isPending}>
          {preview.kind === 'failback' ? 'Move back to' : 'Move to'} {visibleText(name)}
        </Button>
      </div>
    </form>
  );
}
