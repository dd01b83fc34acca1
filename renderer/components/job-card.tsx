/** A job at work, in three lines: what, how far, how fast. */
import { Button } from '@mantine/core';
import { useCallback, type ReactNode } from 'react';
import type { Job } from '../../shared/contract/jobs.ts';
import { progressWords } from './job-words.ts';
import styles from './job-card.module.css';
import { Tag } from './page.tsx';
import { PathText } from './path-text.tsx';
import { preferences } from './preferences.ts';
import { Progress } from './progress.tsx';
import { useTicking } from './ticker.ts';
import { sayJobKind } from './tone.ts';
import { visibleText } from './visible-text.ts';

type JobCardProps = {
  readonly job: Job;
  /** False while the connection is lost. */
  readonly live: boolean;
  /** The title as a link, where the job has a page. */
  readonly title?: ReactNode;
  readonly onCancel?: (() => void) | undefined;
};

export function JobCard({ job, live, title, onCancel }: JobCardProps) {
  const name = visibleText(job.title);
  const percent = job.progress?.percent ?? null;
  const item = job.state === 'running' ? (job.progress?.currentItem ?? null) : null;
  return (
    <article className={styles['card']} aria-label={`${sayJobKind(job.kind)}: ${name}`}>
      <div className={styles['head']}>
        <span className={styles['title']}>{title ?? name}</span>
        <Tag>{sayJobKind(job.kind)}</Tag>
        <span className={styles['percent']}>{percent === null ? '' : `${percent} %`}</span>
        {onCancel === undefined ? null : (
          <Button size="compact-xs" variant="subtle" disabled={job.state === 'cancelling' || !live} onClick={onCancel}>
            Cancel
          </Button>
        )}
      </div>
      {job.state === 'queued' ? null : <Progress percent={percent} label={`${name}, progress`} stale={!live} />}
      <JobLine job={job} live={live} />
      {item === null ? null : (
        <div className={styles['item']}>
          <PathText path={item} mono />
        </div>
      )}
    </article>
  );
}

/** The line alone: phase, amount, speed, remaining time. */
export function JobLine({ job, live }: { readonly job: Job; readonly live: boolean }) {
  const units = preferences((chosen) => chosen.bytes);
  const words = useTicking(useCallback((now: number) => progressWords(job, { units, now, live }), [job, units, live]));
  return <div className={styles['line']}>{words}</div>;
}
