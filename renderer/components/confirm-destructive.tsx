/** Before something goes for good: what will go, by name and size, and a word to type that nobody types by accident. */
import { Button, Modal, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { formatBytes, formatCount } from '../../shared/model/units.ts';
import styles from './confirm-destructive.module.css';
import { ErrorNotice, type Trouble } from './error-notice.tsx';
import { Bytes } from './numbers.tsx';
import { PathText } from './path-text.tsx';
import { preferences } from './preferences.ts';

export type Goner = {
  readonly id: string;
  readonly name: string;
  /** What tells it from others of that name: a date. */
  readonly detail?: string;
  readonly bytes: number | null;
};

type ConfirmDestructiveProps = {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly goes: readonly Goner[];
  /** What cannot be had back afterwards, and what stays. */
  readonly children?: ReactNode;
  /** To be typed: the name of what goes, or how many. */
  readonly word: string;
  /** The verb of the button, as `Remove 3 snapshots`. */
  readonly verb: string;
  readonly busy: boolean;
  readonly problem: Trouble | null;
  readonly onConfirm: () => void;
};

/** More are counted, not listed. */
const listed = 200;

export function ConfirmDestructive(props: ConfirmDestructiveProps) {
  const { opened, onClose, title } = props;
  return (
    <Modal opened={opened} onClose={onClose} title={title} size="lg">
      <Body {...props} />
    </Modal>
  );
}

/** Apart, so that what was typed is forgotten when the dialog closes. */
function Body({ onClose, goes, children, word, verb, busy, problem, onConfirm }: ConfirmDestructiveProps) {
  const [typed, setTyped] = useState('');
  const units = preferences((chosen) => chosen.bytes);
  const known = goes.every(({ bytes }) => bytes !== null);
  const total = goes.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
  const ready = typed.trim() === word && !busy;
  return (
    <form
      className={styles['body']}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) onConfirm();
      }}
    >
      <div>
        This goes: {formatCount(goes.length)}
        {goes.length === 0 || total === 0 ? '' : `, ${known ? '' : 'at least '}${formatBytes(total, units)} in all`}.
      </div>
      <ul className={styles['list']} tabIndex={0} aria-label="What goes">
        {goes.slice(0, listed).map(({ id, name, detail, bytes }) => (
          <li key={id}>
            <PathText path={name} />
            <span className={styles['detail']}>{detail}</span>
            {total === 0 ? null : <Bytes value={bytes} className={styles['size']} />}
          </li>
        ))}
        {goes.length > listed ? <li>and {formatCount(goes.length - listed)} more</li> : null}
      </ul>
      {children}
      <TextInput
        label={
          <>
            Type <b>{word}</b> to confirm
          </>
        }
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        autoComplete="off"
        spellCheck={false}
        data-autofocus
      />
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <div className={styles['actions']}>
        <Button onClick={onClose}>Keep everything</Button>
        <Button type="submit" variant="filled" color="red" disabled={!ready} loading={busy}>
          {verb}
        </Button>
      </div>
    </form>
  );
}
