/** A state in a word, with its colour and its sign. */
import { signs, type Tone } from './tone.ts';
import styles from './status-badge.module.css';

type StatusBadgeProps = { readonly tone: Tone; readonly children: string; readonly title?: string };

export function StatusBadge({ tone, children, title }: StatusBadgeProps) {
  return (
    <span className={styles['badge']} data-tone={tone} title={title}>
      <span className={styles['sign']} aria-hidden="true">
        {signs[tone]}
      </span>
      {children}
    </span>
  );
}

/** The sign alone, round, for the beginning of a row; `label` says it to those who do not see it. */
export function StatusMark({ tone, label }: { readonly tone: Tone; readonly label: string }) {
  return (
    <span className={styles['mark']} data-tone={tone} role="img" aria-label={label} title={label}>
      {signs[tone]}
    </span>
  );
}
