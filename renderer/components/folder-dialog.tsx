/** Looks through the folders of the engine's machine, where the system has no dialog for it. */
import { Button, Modal, TextInput } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';
import { ErrorNotice, type Trouble } from './error-notice.tsx';
import styles from './folder-dialog.module.css';
import { Bytes } from './numbers.tsx';
import { PathText } from './path-text.tsx';
import { useDelayed } from './skeleton.tsx';

type Folder = { readonly name: string; readonly path: string };

export type FolderListing = {
  readonly path: string;
  readonly parent: string | null;
  readonly folders: readonly Folder[];
  readonly more: boolean;
  readonly places: readonly (Folder & { readonly freeBytes: number | null })[];
};

type FolderDialogProps = {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** Of the folder that is shown; the former one while the next is asked for. */
  readonly listing: FolderListing | undefined;
  readonly loading: boolean;
  readonly problem: Trouble | null;
  readonly onGo: (path: string) => void;
  readonly onChoose: (path: string) => void;
  /** Said below the list, as that a folder is made where it is missing. */
  readonly note?: ReactNode;
};

export function FolderDialog(props: FolderDialogProps) {
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={props.title}
      size={680}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Body {...props} />
    </Modal>
  );
}

function Body({ onClose, listing, loading, problem, onGo, onChoose, note }: FolderDialogProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const late = useDelayed(loading);
  const text = typed ?? listing?.path ?? '';
  const above = listing?.parent ?? null;
  const go = (path: string) => {
    setTyped(null);
    onGo(path);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text !== '') onGo(text);
  };
  return (
    <div className={styles['dialog']}>
      <form className={styles['address']} onSubmit={submit}>
        <Button
          aria-label="Folder above"
          title="Folder above"
          disabled={above === null}
          onClick={() => {
            if (above !== null) go(above);
          }}
        >
          ↑
        </Button>
        <TextInput
          aria-label="Folder"
          value={text}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => setTyped(event.currentTarget.value)}
          data-autofocus
        />
        <Button type="submit">Go</Button>
      </form>
      <div className={styles['panes']}>
        <ul className={styles['places']} aria-label="Places of this machine">
          {(listing?.places ?? []).map(({ name, path, freeBytes }) => (
            <li key={path}>
              <button type="button" onClick={() => go(path)} aria-current={path === listing?.path || undefined}>
                <PathText path={name} />
                {freeBytes === null ? null : (
                  <small>
                    <Bytes value={freeBytes} /> free
                  </small>
                )}
              </button>
            </li>
          ))}
        </ul>
        <div className={styles['list']} aria-busy={loading || undefined} data-late={late || undefined}>
          {problem === null ? <Folders listing={listing} onGo={go} /> : <ErrorNotice problem={problem} />}
        </div>
      </div>
      {note === undefined ? null : <div className={styles['note']}>{note}</div>}
      <div className={styles['actions']}>
        <Button onClick={onClose}>Cancel</Button>
        <Button variant="filled" disabled={text === ''} onClick={() => onChoose(text)}>
          Choose this folder
        </Button>
      </div>
    </div>
  );
}

function Folders({
  listing,
  onGo,
}: {
  readonly listing: FolderListing | undefined;
  readonly onGo: (path: string) => void;
}) {
  if (listing === undefined) return null;
  if (listing.folders.length === 0) return <p className={styles['none']}>There is no folder in here.</p>;
  return (
    <ul aria-label={`Folders in ${listing.path}`}>
      {listing.folders.slice(0, drawn).map(({ name, path }) => (
        <li key={path}>
          <button type="button" onClick={() => onGo(path)} data-hidden={name.startsWith('.') || undefined}>
            <span aria-hidden="true">▸</span>
            <PathText path={name} shorten={false} />
          </button>
        </li>
      ))}
      {listing.more || listing.folders.length > drawn ? (
        <li className={styles['none']}>There are more; type the name of one above.</li>
      ) : null}
    </ul>
  );
}

/** Nobody scrolls through more; a name is typed sooner. */
const drawn = 1000;
