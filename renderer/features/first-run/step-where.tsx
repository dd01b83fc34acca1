/** Where to keep snapshots: a folder, what lies there, and whether it would survive the machine. */
import { Button, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Link } from '@tanstack/react-router';
import type { Place } from '../../../shared/contract/repositories.ts';
import { problemIn, useAnswer } from '../../client/ask.ts';
import { useFolderChooser, useMachineFolders } from '../../client/machine.ts';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { FolderDialog } from '../../components/folder-dialog.tsx';
import { Bytes } from '../../components/numbers.tsx';
import { Panel } from '../../components/page.tsx';
import styles from './first-run.module.css';
import { below, isUsable, sayPlace, suggestedLocation } from './start-model.ts';
import { changeStart, startStore } from './start-store.ts';
import { StepBody } from './step-body.tsx';

export function StepWhere() {
  const chosen = startStore((start) => start.location);
  const machine = useMachineFolders(null, true);
  const suggestion = machine.data === undefined ? '' : suggestedLocation(machine.data.path, machine.data.places);
  const location = chosen ?? suggestion;
  const [settled] = useDebouncedValue(location.trim(), 250);
  const place = useAnswer(
    ['repositories.inspect', settled],
    (client, signal) => client.repositories.inspect({ location: settled }, { signal }),
    { enabled: settled !== '', staleTimeMs: 0 },
  );
  const chooser = useFolderChooser('Choose where to keep snapshots', (path) => changeStart({ location: path }));
  const current = settled === location.trim() ? place.data : undefined;
  const ready = isUsable(current);
  const problem = problemIn(place);
  return (
    <StepBody
      question="Where should snapshots be kept?"
      lead="A folder on another disk, a NAS or a USB drive outlives this machine. The repository grows with what changes, not with every snapshot."
      onSubmit={() => {
        if (ready) changeStart({ location: location.trim(), step: 'password' });
      }}
      actions={
        <>
          <span className={styles['spring']} />
          <Button type="submit" variant="filled" disabled={!ready} loading={place.isFetching && current === undefined}>
            Next: password
          </Button>
        </>
      }
      side={<PlaceAdvice />}
    >
      <div className={styles['field']}>
        <TextInput
          label="Folder of the repository"
          value={location}
          onChange={(event) => changeStart({ location: event.currentTarget.value })}
          spellCheck={false}
          autoComplete="off"
        />
        <Button onClick={chooser.open}>Choose…</Button>
      </div>
      <div aria-live="polite">
        {problem === null ? null : <ErrorNotice problem={problem} />}
        {current === undefined ? null : <PlaceNotice place={current} />}
      </div>
      <FolderDialog {...chooser.dialog} />
    </StepBody>
  );
}

function PlaceNotice({ place }: { readonly place: Place }) {
  const { tone, title, words } = sayPlace(place);
  if (place.problem !== null) return <ErrorNotice problem={place.problem} />;
  return (
    <div className={styles['body']}>
      <Notice tone={tone} title={title}>
        {words === '' ? null : <div>{words}</div>}
        {place.freeBytes === null ? null : (
          <div>
            <Bytes value={place.freeBytes} /> free.
          </div>
        )}
        {place.kind === 'repository' ? (
          <Link to="/welcome" search={{ door: 'recover', location: place.location }}>
            Connect it instead
          </Link>
        ) : null}
        {place.kind === 'occupied' ? (
          <Button
            size="compact-xs"
            onClick={() => changeStart({ location: below(place.location, 'holdfast-repository') })}
          >
            Use a folder inside it
          </Button>
        ) : null}
      </Notice>
      {place.sameDisk && isUsable(place) ? (
        <Notice tone="part" title="This is the disk that holds your home folder">
          If it fails or is stolen, snapshots go with the originals. They still help against mistakes, and a copy of the
          repository on another disk can follow later.
        </Notice>
      ) : null}
    </div>
  );
}

function PlaceAdvice() {
  return (
    <Panel title="What a repository is">
      <p>A folder of encrypted files in the format of restic, an open-source tool.</p>
      <p>With its password, restic alone reads it: what is kept here does not depend on Holdfast.</p>
      <p>Nothing is written there before the last question.</p>
    </Panel>
  );
}
