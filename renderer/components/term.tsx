/** A word of the trade where it is first met, with what it means behind it: read with the word, shown on a click or Enter. */
import { Popover, Portal } from '@mantine/core';
import { useId, useState } from 'react';
import styles from './term.module.css';

const meanings = {
  RPO: 'Recovery point objective: how old the newest good snapshot of a source may be, and so how much work a disaster may cost.',
  RTO: 'Recovery time objective: how long it may take until what was lost is back and in use.',
} as const;

type TermProps = { readonly of: keyof typeof meanings };

export function Term({ of }: TermProps) {
  const id = useId();
  const [opened, setOpened] = useState(false);
  // What it says has nothing to reach with keys, so the focus stays on the word.
  return (
    <Popover position="bottom-start" width={300} opened={opened} onChange={setOpened}>
      <Popover.Target>
        <button
          type="button"
          className={styles['term']}
          aria-describedby={id}
          onClick={() => setOpened(!opened)}
          onBlur={() => setOpened(false)}
          onKeyDown={({ key }) => {
            if (key === 'Escape') setOpened(false);
          }}
        >
          {of}
        </button>
      </Popover.Target>
      {/* Beside the page: in a heading it would be part of its text. */}
      <Portal>
        <span id={id} hidden>
          {meanings[of]}
        </span>
      </Portal>
      <Popover.Dropdown className={styles['meaning']}>{meanings[of]}</Popover.Dropdown>
    </Popover>
  );
}

/** A sentence whose terms say what they mean. */
export function Explained({ text }: { readonly text: string }) {
  return text.split(/\b(RPO|RTO)\b/u).map((part, index) =>
    // The pieces of a sentence have their place in it, and nothing else.
    part === 'RPO' || part === 'RTO' ? <Term key={index} of={part} /> : part,
  );
}
