/** What of an account nothing protects, region by region, and snapshots of ours that no source has any more. */
import { Button, SegmentedControl } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { AwsAccount } from '../../../../shared/contract/aws-accounts.ts';
import type { Unprotected } from '../../../../shared/contract/native.ts';
import { formatCount } from '../../../../shared/model/units.ts';
import { problemIn, useOrder } from '../../../client/ask.ts';
import { useIsLive } from '../../../client/live-store.ts';
import { DataTable, type Column } from '../../../components/data-table.tsx';
import { ErrorNotice, Notice } from '../../../components/error-notice.tsx';
import { Tag } from '../../../components/page.tsx';
import { PathText } from '../../../components/path-text.tsx';
import { DayTime } from '../../../components/relative-time.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import styles from './aws.module.css';

type Resource = Unprotected['resources'][number];
type Orphan = Unprotected['orphans'][number];

export function UnprotectedPanel({ account }: { readonly account: AwsAccount }) {
  const [region, setRegion] = useState(account.regions[0] ?? '');
  const live = useIsLive();
  const order = useOrder((client, of: string) =>
    client.native.unprotected({ account: account.name, region: of === '' ? null : of }),
  );
  const problem = problemIn(order);
  const found = order.variables === region ? order.data : undefined;
  return (
    <section className={styles['policy']} aria-label={`What of ${account.name} nothing protects`}>
      <div className={styles['line']}>
        {account.regions.length > 1 ? (
          <SegmentedControl aria-label="Region" data={[...account.regions]} value={region} onChange={setRegion} />
        ) : null}
        <Button variant="filled" disabled={!live} loading={order.isPending} onClick={() => order.mutate(region)}>
          List
        </Button>
        <span className={styles['dim']}>Instances, volumes and buckets without a source. Nothing is changed.</span>
      </div>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      {order.isPending ? <Skeleton lines={6} /> : null}
      {found === undefined || problem !== null ? null : <Found account={account.name} found={found} />}
    </section>
  );
}

type FoundProps = { readonly account: string; readonly found: Unprotected };

function Found({ account, found: { resources, orphans, notListed, region } }: FoundProps) {
  const navigate = useNavigate();
  const orphanGiB = orphans.reduce((sum, { sizeGiB }) => sum + sizeGiB, 0);
  return (
    <div className={styles['fields']} role="status">
      {notListed.length === 0 ? null : (
        <Notice tone="part" title="Not all of it could be listed">
          {notListed.map((sentence) => (
            <div key={sentence}>{visibleText(sentence)}</div>
          ))}
        </Notice>
      )}
      {resources.length === 0 ? (
        notListed.length > 0 ? null : (
          <Notice tone="good" title={`Everything in ${visibleText(region)} has a source`} />
        )
      ) : (
        <>
          <h3>{formatCount(resources.length)} without a source</h3>
          <DataTable
            label="Without a source"
            columns={resourceColumns}
            rows={resources}
            keyOf={({ id }) => id}
            onOpen={({ kind, id: of }) => {
              const search = { kind: kind === 'bucket' ? 's3-bucket' : 'ec2', account, region, of };
              void navigate({ to: '/sources/new', search });
            }}
            maxHeight={300}
          />
          <p className={styles['dim']}>
            Enter, or a click, begins a source of it. A source{' '}
            <Link to="/sources/new" search={{ kind: 'ec2', account, region }}>
              by tag
            </Link>{' '}
            follows new ones on its own.
          </p>
        </>
      )}
      {orphans.length === 0 ? null : (
        <>
          <h3>
            {formatCount(orphans.length)} left of sources that are gone, of {formatCount(orphanGiB)} GiB in all
          </h3>
          <DataTable
            label="Left of sources that are gone"
            columns={orphanColumns}
            rows={orphans}
            keyOf={({ snapshot }) => snapshot}
            maxHeight={240}
          />
          <p className={styles['dim']}>
            They are paid for, and nothing expires them: register a source of their name again, or remove them in AWS.
          </p>
        </>
      )}
    </div>
  );
}

const resourceColumns: readonly Column<Resource>[] = [
  { id: 'kind', header: 'Kind', width: '90px', cell: ({ kind }) => <Tag>{kind}</Tag>, sortBy: ({ kind }) => kind },
  {
    id: 'id',
    header: 'Id',
    width: 'minmax(190px, 1fr)',
    cell: ({ id }) => <PathText path={id} mono />,
    sortBy: ({ id }) => id,
  },
  {
    id: 'name',
    header: 'Name',
    width: 'minmax(120px, 1fr)',
    cell: ({ name }) => visibleText(name ?? ''),
    sortBy: ({ name }) => name,
  },
  {
    id: 'size',
    header: 'Size',
    width: '90px',
    align: 'end',
    cell: ({ sizeGiB }) => (sizeGiB === null ? '' : `${formatCount(sizeGiB)} GiB`),
    sortBy: ({ sizeGiB }) => sizeGiB,
  },
];

const orphanColumns: readonly Column<Orphan>[] = [
  {
    id: 'taken',
    header: 'Of',
    width: '150px',
    cell: ({ takenAt }) => <DayTime at={takenAt} />,
    sortBy: ({ takenAt }) => Date.parse(takenAt),
  },
  {
    id: 'snapshot',
    header: 'Snapshot',
    width: 'minmax(190px, 1fr)',
    cell: ({ snapshot }) => <PathText path={snapshot} mono />,
  },
  {
    id: 'source',
    header: 'Its source was',
    width: 'minmax(120px, 1fr)',
    cell: ({ source }) => visibleText(source),
    sortBy: ({ source }) => source,
  },
  { id: 'own', header: 'Made by', width: '130px', cell: ({ own }) => (own ? 'this console' : 'another Holdfast') },
  {
    id: 'size',
    header: 'Size',
    width: '80px',
    align: 'end',
    cell: ({ sizeGiB }) => `${formatCount(sizeGiB)} GiB`,
    sortBy: ({ sizeGiB }) => sizeGiB,
  },
];
