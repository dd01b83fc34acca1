/** The native snapshots of a source in EC2, ours and others', as AWS told them last: state, progress, locks, copies. */
import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { NativeView, Natives } from '../../../../shared/contract/native.ts';
import { formatCount } from '../../../../shared/model/units.ts';
import { problemIn, useAnswer, useOrder } from '../../../client/ask.ts';
import { useIsLive, usePrimaryRepository } from '../../../client/live-store.ts';
import { May } from '../../../client/may.tsx';
import { useMay } from '../../../client/me.ts';
import { DataTable, type Column } from '../../../components/data-table.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorNotice, Notice } from '../../../components/error-notice.tsx';
import { Fact, Facts, Panel, Tag } from '../../../components/page.tsx';
import { PathText } from '../../../components/path-text.tsx';
import { Progress } from '../../../components/progress.tsx';
import { DayTime, RelativeTime } from '../../../components/relative-time.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import styles from '../remote/remote.module.css';
import { sayLock, sayMaker, sayMostPaid, sayNativeOf, sayNativeState } from './native-words.ts';

const key = 'native.list';
/** As long as something is pending. */
const everyMs = 5_000;

type NativesPanelProps = { readonly source: string; readonly account: string | null };

export function NativesPanel({ source, account }: NativesPanelProps) {
  const navigate = useNavigate();
  const mayRestore = useMay('awsRestores.create');
  const live = useIsLive();
  const id = usePrimaryRepository()?.id ?? '';
  const answer = useAnswer([key, source], (client, signal) => client.native.list({ source }, { signal }));
  const look = useOrder((client, of: string) => client.native.look({ source: of, repository: { id } }), [[key]]);
  const { data, refetch } = answer;
  const moves = (data?.snapshots ?? []).some(({ state }) => state === 'pending' || state === 'recovering');
  useEffect(() => {
    if (!moves || !live) return undefined;
    const timer = setInterval(() => void refetch(), everyMs);
    return () => clearInterval(timer);
  }, [moves, live, refetch]);
  const restore = ({ snapshot, region, instance }: NativeView) => {
    const known = { ...(account === null ? {} : { account }), ...(instance === null ? {} : { instance }) };
    void navigate({ to: '/recovery/aws', search: { snapshot, region, ...known } });
  };
  const problem = problemIn(look) ?? problemIn(answer);
  return (
    <Panel
      title={data === undefined ? 'Native snapshots' : `Native snapshots · ${formatCount(data.snapshots.length)}`}
      aside={
        <May call="native.look">
          <Button
            size="compact-xs"
            variant="subtle"
            disabled={!live || id === ''}
            loading={look.isPending}
            onClick={() => look.mutate(source)}
          >
            Ask AWS now
          </Button>
        </May>
      }
    >
      <div className={styles['fields']}>
        {problem === null ? null : <ErrorNotice problem={problem} />}
        {data === undefined ? null : <Summary natives={data} />}
        {data === undefined && problem !== null ? null : (
          <DataTable
            label="Native snapshots"
            columns={columns}
            rows={data?.snapshots ?? []}
            keyOf={({ snapshot, region }) => `${region} ${snapshot}`}
            loading={answer.isPending}
            failed={answer.isError}
            maxHeight={330}
            rowHeight={44}
            onOpen={mayRestore ? restore : undefined}
            empty={
              <EmptyState title="No native snapshot is known">
                {data?.lookedAt === null
                  ? 'AWS has not been asked yet: protect it now, or ask AWS.'
                  : 'AWS has none of what this source is of.'}
              </EmptyState>
            }
          />
        )}
      </div>
    </Panel>
  );
}

function Summary({ natives: { lookedAt, coveredAt, problems, snapshots } }: { readonly natives: Natives }) {
  return (
    <>
      {problems.length === 0 ? null : (
        <Notice tone="part" title={`${formatCount(problems.length)} did not go as it should`}>
          <ul className={styles['bullets']}>
            {problems.map((sentence) => (
              <li key={sentence}>{visibleText(sentence)}</li>
            ))}
          </ul>
        </Notice>
      )}
      <Facts>
        <Fact name="All back to">
          {coveredAt === null ? (
            'not every volume has a completed snapshot'
          ) : (
            <>
              <DayTime at={coveredAt} />, <RelativeTime at={coveredAt} />
            </>
          )}
        </Fact>
        <Fact name="AWS asked">{lookedAt === null ? 'never' : <RelativeTime at={lookedAt} />}</Fact>
        {snapshots.length === 0 ? null : (
          <Fact name="Counted by AWS">
            {sayMostPaid(snapshots)}
            <span className={styles['dim']}>: it stores changed blocks alone, so it is less</span>
          </Fact>
        )}
      </Facts>
    </>
  );
}

const columns: readonly Column<NativeView>[] = [
  {
    id: 'taken',
    header: 'Of',
    width: '140px',
    cell: ({ takenAt }) => <DayTime at={takenAt} />,
    sortBy: ({ takenAt }) => Date.parse(takenAt),
  },
  {
    id: 'state',
    header: 'State',
    width: '138px',
    cell: (native) => <State native={native} />,
    sortBy: ({ state }) => state,
  },
  {
    id: 'snapshot',
    header: 'Snapshot',
    width: 'minmax(178px, 1.1fr)',
    cell: ({ snapshot, region, copyOf }) => (
      <div title={copyOf === null ? undefined : `a copy of ${copyOf.snapshot} in ${copyOf.region}`}>
        <PathText path={snapshot} shorten={false} mono />
        <div className={styles['dim']}>{copyOf === null ? region : `copy, in ${region}`}</div>
      </div>
    ),
  },
  {
    id: 'of',
    header: 'Volume',
    width: 'minmax(178px, 1.1fr)',
    cell: (native) => (
      <div>
        <PathText path={native.volume ?? 'not known'} shorten={false} mono />
        <div className={styles['dim']}>{visibleText(sayNativeOf(native))}</div>
      </div>
    ),
    sortBy: ({ volume }) => volume,
  },
  {
    id: 'size',
    header: 'Size',
    width: '74px',
    align: 'end',
    cell: ({ sizeGiB }) => `${formatCount(sizeGiB)} GiB`,
    sortBy: ({ sizeGiB }) => sizeGiB,
  },
  {
    id: 'maker',
    header: 'Made by',
    width: 'minmax(104px, 0.7fr)',
    cell: (native) => sayMaker(native),
    sortBy: sayMaker,
  },
  {
    id: 'lock',
    header: 'Lock',
    width: 'minmax(158px, 0.8fr)',
    cell: ({ lock }) => <Lock lock={lock} />,
  },
];

function Lock({ lock }: Pick<NativeView, 'lock'>) {
  const words = sayLock(lock);
  if (lock === null || words === null) return <span className={styles['dim']}>none</span>;
  return (
    <div>
      {words}
      {lock.until === null ? null : (
        <div className={styles['dim']}>
          to <DayTime at={lock.until} />
        </div>
      )}
    </div>
  );
}

function State({ native }: { readonly native: NativeView }) {
  const { tone, words } = sayNativeState(native);
  return (
    <div title={native.stateMessage === null ? undefined : visibleText(native.stateMessage)}>
      <StatusBadge tone={tone}>{words}</StatusBadge>
      {native.archived ? <Tag>archived</Tag> : null}
      {native.state === 'pending' ? (
        <Progress percent={native.percent} label={`Progress of ${native.snapshot}`} />
      ) : null}
    </div>
  );
}
