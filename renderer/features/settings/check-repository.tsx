/** Starts a check of a repository; from then on it is a job. */
import { Button, SegmentedControl } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Connection } from '../../../shared/contract/repositories.ts';
import { problemIn, startJob, useOrder } from '../../client/ask.ts';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import styles from './settings.module.css';

const depths = [
  { value: '0', label: 'Structure' },
  { value: '10', label: 'and a tenth of the data' },
  { value: '100', label: 'and all data' },
];

export function CheckRepository({ repository }: { readonly repository: Connection }) {
  const [depth, setDepth] = useState('0');
  const order = useOrder((client, readDataPercent: number) =>
    startJob(client.repository.check({ repository: { id: repository.id }, readDataPercent, detach: true })),
  );
  const problem = problemIn(order);
  return (
    <div className={styles['form']}>
      <SegmentedControl aria-label="What is looked at" data={depths} value={depth} onChange={setDepth} />
      {problem === null ? null : <ErrorNotice problem={problem} />}
      {order.data === undefined ? null : (
        <Notice tone="none" title="The check runs.">
          <Link to="/activity/$job" params={{ job: order.data.job }}>
            Follow it in Activity
          </Link>
        </Notice>
      )}
      <div className={styles['actions']}>
        <Button variant="filled" loading={order.isPending} onClick={() => order.mutate(Number(depth))}>
          Check now
        </Button>
        <ShowCommand
          commands={[['holdfast', 'check', '--repository', repository.location, ...depthOption(depth)]]}
          restic={[['restic', '-r', repository.location, 'check', ...depthOption(depth)]]}
        />
      </div>
    </div>
  );
}

/** Restic has the same options. */
function depthOption(depth: string): string[] {
  if (depth === '0') return [];
  return depth === '100' ? ['--read-data'] : [`--read-data-subset=${depth}%`];
}
