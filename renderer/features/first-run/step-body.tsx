/** The frame of one question: the words, the answer, and the way on and back. */
import { useEffect, useRef, type ReactNode } from 'react';
import { Panel } from '../../components/page.tsx';
import styles from './first-run.module.css';

type StepBodyProps = {
  readonly question: string;
  readonly lead: string;
  readonly children: ReactNode;
  readonly actions: ReactNode;
  readonly side?: ReactNode;
  readonly onSubmit: () => void;
};

/** One question: Enter goes on, as its button does. */
export function StepBody({ question, lead, children, actions, side, onSubmit }: StepBodyProps) {
  const form = useRef<HTMLFormElement>(null);
  // The next question is there to be answered: its first field has the focus.
  useEffect(() => form.current?.querySelector<HTMLElement>('input, button')?.focus(), []);
  return (
    <>
      <Panel>
        <form
          ref={form}
          className={styles['body']}
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            onSubmit();
          }}
        >
          <h2 className={styles['question']}>{question}</h2>
          <p className={styles['lead']}>{lead}</p>
          {children}
          <div className={styles['actions']}>{actions}</div>
        </form>
      </Panel>
      <aside className={styles['side']}>{side}</aside>
    </>
  );
}
