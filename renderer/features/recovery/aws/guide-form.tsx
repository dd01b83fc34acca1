/** One step of a guide: fields, and the way back and on. */
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { Panel } from '../../../components/page.tsx';
import styles from './aws.module.css';

type FormProps = {
  readonly title: string;
  readonly ready: boolean;
  readonly onBack: () => void;
  readonly onNext: () => void;
  readonly children: ReactNode;
};

export function GuideForm({ title, ready, onBack, onNext, children }: FormProps) {
  return (
    <Panel title={title} className={styles['panel']}>
      <form
        className={styles['fields']}
        aria-label={title}
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) onNext();
        }}
      >
        {children}
        <div className={styles['actions']}>
          <Button onClick={onBack}>Back</Button>
          <Button type="submit" variant="filled" disabled={!ready}>
            Next
          </Button>
        </div>
      </form>
    </Panel>
  );
}
