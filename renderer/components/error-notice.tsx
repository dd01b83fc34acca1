/** Something went wrong: what happened, what it means, what to do, and the code to look it up by. */
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import styles from './notice.module.css';
import { visibleText } from './visible-text.ts';

/** An error report of the engine, or of the way to it. */
export type Trouble = {
  readonly code: string;
  readonly message: string;
  readonly meaning: string;
  readonly action: string;
};

type ErrorNoticeProps = {
  readonly problem: Trouble;
  readonly onRetry?: (() => void) | undefined;
};

export function ErrorNotice({ problem, onRetry }: ErrorNoticeProps) {
  return (
    <div className={styles['notice']} data-tone="fail" role="alert">
      <div className={styles['words']}>
        <div className={styles['title']}>{visibleText(problem.message)}</div>
        <div>{problem.meaning}</div>
        <div className={styles['action']}>{problem.action}</div>
        <div className={styles['code']}>{problem.code}</div>
      </div>
      {problem.code === 'PASSWORD_NEEDED' ? <Link to="/">Unlock on the overview</Link> : null}
      {onRetry === undefined ? null : <Button onClick={onRetry}>Try again</Button>}
    </div>
  );
}

type NoticeProps = {
  readonly tone: 'part' | 'miss' | 'fail' | 'good' | 'none';
  readonly title?: string;
  readonly children?: React.ReactNode;
  readonly actions?: React.ReactNode;
};

/** Something to know before going on; it does not interrupt. */
export function Notice({ tone, title, children, actions }: NoticeProps) {
  return (
    <div className={styles['notice']} data-tone={tone}>
      <div className={styles['words']}>
        {title === undefined ? null : <div className={styles['title']}>{title}</div>}
        {children}
      </div>
      {actions}
    </div>
  );
}
