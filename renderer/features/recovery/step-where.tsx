/** From where, and to where: a new folder, or the original place; and what becomes of files that are there already. */
import { Button, Checkbox, Radio, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useCallback, useLayoutEffect, useRef, useState, type Dispatch, type SetStateAction } from 'react';
import { useFolderChooser, useMachineFolders } from '../../client/machine.ts';
import { FolderDialog } from '../../components/folder-dialog.tsx';
import { Notice } from '../../components/error-notice.tsx';
import { Panel } from '../../components/page.tsx';
import { overwriteWords } from './draft-panel.tsx';
import { proposedTarget, protectsFirst, targetFault, type Draft } from './draft.ts';
import { PlacesField, type ChosenPlace } from './points/places-field.tsx';
import styles from './recovery.module.css';

type StepWhereProps = {
  readonly draft: Draft;
  readonly onChange: Dispatch<SetStateAction<Omit<Draft, 'items'>>>;
  readonly onNext: () => void;
  readonly onBack: () => void;
};

export function StepWhere({ draft, onChange, onNext, onBack }: StepWhereProps) {
  const { items, target, overwrite, verify } = draft;
  const home = useMachineFolders(null, target === '').data?.path;
  const [openedAtMs] = useState(() => Date.now());
  const proposal = home === undefined ? null : proposedTarget(home, items, openedAtMs);
  const field = useRef<HTMLInputElement>(null);
  const isTyped = useRef(false);
  const propose = useCallback(() => {
    if (proposal !== null) onChange((now) => (now.target === '' ? { ...now, target: proposal } : now));
  }, [proposal, onChange]);
  // Before anything else happens in the page: what somebody is about to type or paste must not land behind a proposal,
  // which would be the path of another folder.
  useLayoutEffect(() => {
    if (field.current === null || field.current !== document.activeElement) propose();
  }, [propose]);
  const shown = target ?? proposal ?? '';
  const change = (part: Partial<Omit<Draft, 'items'>>) => onChange((now) => ({ ...now, ...part }));
  const chooser = useFolderChooser('Restore below this folder', (path) => change({ target: path }));
  const fault = targetFault(target);
  const bytes = items.every((item) => item.bytes !== null)
    ? items.reduce((sum, item) => sum + (item.bytes ?? 0), 0)
    : null;
  const choosePlace = useCallback((from: ChosenPlace) => onChange((now) => ({ ...now, from })), [onChange]);
  return (
    <Panel title="Where">
      <form
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault();
          if (fault === null) onNext();
        }}
      >
        <PlacesField
          snapshots={items.map(({ snapshot }) => snapshot)}
          bytes={bytes}
          chosen={draft.from ?? null}
          onChoose={choosePlace}
        />
        <Radio.Group
          label="Restore to"
          value={target === null ? 'original' : 'folder'}
          onChange={(value) => change({ target: value === 'original' ? null : shown })}
        >
          <div className={styles['form']}>
            <Radio
              value="folder"
              label="A folder"
              description="It is made where it is missing. Each path keeps its whole own path below it, so nothing that is in use changes."
            />
            <Radio
              value="original"
              label="The original place"
              description="Each path goes back to where it was protected."
            />
          </div>
        </Radio.Group>
        <CloneInstead items={items} />
        {target === null ? (
          <>
            <Notice tone="part" title="This writes among the files that are in use">
              Choose below what becomes of files that are there already. The preflight names each of them.
            </Notice>
            <Checkbox
              label="First take a snapshot of what is there now"
              description={
                draft.from?.isSite === true
                  ? 'Not while this reads from a site: protect the source yourself before you go on.'
                  : 'It leads back to this moment also after the run is closed. Of folders; what is gone or empty has nothing to keep.'
              }
              disabled={draft.from?.isSite === true}
              checked={protectsFirst(draft)}
              onChange={(event) => change({ protectFirst: event.currentTarget.checked })}
            />
          </>
        ) : (
          <div className={styles['target']}>
            <TextInput
              label="Folder"
              value={shown}
              spellCheck={false}
              error={shown === '' ? undefined : fault}
              ref={field}
              onChange={(event) => {
                isTyped.current = true;
                change({ target: event.currentTarget.value });
              }}
              // Left as it was, it gets what would have been proposed.
              onBlur={() => {
                if (!isTyped.current) propose();
              }}
            />
            <Button onClick={chooser.open}>Browse…</Button>
          </div>
        )}
        <Radio.Group
          label="Files that are there already"
          value={overwrite}
          onChange={(value) => change({ overwrite: value })}
        >
          <div className={styles['form']}>
            {(['never', 'if-changed', 'always'] as const).map((rule) => (
              <Radio key={rule} value={rule} label={capital(overwriteWords[rule])} />
            ))}
          </div>
        </Radio.Group>
        <Checkbox
          label="Read all of it back and compare it with the snapshot"
          checked={verify}
          onChange={(event) => change({ verify: event.currentTarget.checked })}
        />
        <div className={styles['actions']}>
          <Button onClick={onBack}>Back</Button>
          <Button type="submit" variant="filled" disabled={fault !== null}>
            Next
          </Button>
        </div>
      </form>
      <FolderDialog {...chooser.dialog} />
    </Panel>
  );
}

/** Of one thing alone: a clone is of one source. */
function CloneInstead({ items }: Pick<Draft, 'items'>) {
  const [item, ...others] = items;
  if (item === undefined || others.length > 0) return null;
  const { source, snapshot, path } = item;
  return (
    <p className={styles['dim']}>
      Only to work with it for a while?{' '}
      <Link to="/recovery/clones" search={{ source, snapshot, path }}>
        Make it a clone
      </Link>
      , which is marked and goes by itself when its time is over.
    </p>
  );
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
