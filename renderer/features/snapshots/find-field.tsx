/** A name to be found in all snapshots. Enter looks for it. */
import { TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import styles from './snapshots.module.css';

type FindFieldProps = {
  readonly initial: string;
  /** Told while somebody types. */
  readonly onNarrow?: (text: string) => void;
};

export function FindField({ initial, onNarrow }: FindFieldProps) {
  const navigate = useNavigate();
  const [text, setText] = useState(initial);
  return (
    <form
      role="search"
      className={styles['find']}
      onSubmit={(event) => {
        event.preventDefault();
        const find = text.trim();
        if (find !== '') void navigate({ to: '/snapshots', search: { find } });
      }}
    >
      <TextInput
        aria-label="Find a file in all snapshots"
        placeholder="Find a file in all snapshots"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          onNarrow?.(event.currentTarget.value.trim());
        }}
      />
    </form>
  );
}
