/** Narrows a list of Git repositories down: by name, and by what has become of them. */
import { SegmentedControl, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import type { RepositoryChoice } from '../../shared/contract/git-repositories.ts';
import { formatCount } from '../../shared/model/units.ts';
import { choicesIn, sayChoice } from './git-repository-words.ts';
import styles from './git-repositories.module.css';

type RepositoryBarProps = {
  readonly typed: string;
  readonly onTyped: (typed: string) => void;
  readonly only: RepositoryChoice;
  readonly onOnly: (only: RepositoryChoice) => void;
  /** Null: not known yet. */
  readonly counts: Readonly<Record<RepositoryChoice, number>> | null;
  /** Those that are listed now. */
  readonly matching: number | null;
  readonly children?: ReactNode;
};

export function RepositoryBar({ typed, onTyped, only, onOnly, counts, matching, children }: RepositoryBarProps) {
  const choices = counts === null ? [] : choicesIn(counts);
  // What was chosen stays, also where nothing is so any more.
  const shown = choices.includes(only) || only === 'all' ? choices : [...choices, only];
  return (
    <div className={styles['bar']}>
      <TextInput
        aria-label="Filter repositories"
        placeholder="Filter by name"
        value={typed}
        onChange={(event) => onTyped(event.currentTarget.value)}
        w={180}
      />
      {shown.length === 0 || counts === null ? null : (
        <SegmentedControl
          aria-label="State of the repositories"
          data={shown.map((choice) => ({
            value: choice,
            label: `${sayChoice(choice)} ${formatCount(counts[choice])}`,
          }))}
          value={only}
          onChange={onOnly}
        />
      )}
      <span className={styles['dim']} role="status">
        {matching === null || counts === null || matching === counts.all ? '' : `${formatCount(matching)} listed`}
      </span>
      <span className={styles['spring']} />
      {children}
    </div>
  );
}
