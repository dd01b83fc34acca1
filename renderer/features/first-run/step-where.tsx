/** Where to keep snapshots: a folder, what lies there, and whether it would survive the machine. */
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Place } from '../../../shared/contract/repositories.ts';
import { useFolderChooser, useMachineFolders } from '../../client/machine.ts';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { FolderDialog } from '../../components/folder-dialog.tsx';
import { Bytes } from '../../components/numbers.tsx';
import { Panel } from '../../components/page.tsx';
import { PlaceFields } from '../../components/place-fields.tsx';
import styles from './first-run.module.css';
import { CheckButton, PlaceProblem, usePlaceCheck } from './place-check.tsx';
import { below, isUsable, sayPlace, suggestedLocation } from './start-model.ts';
import { changeStart, startStore } from './start-store.ts';
import { StepBody } from './step-body.tsx';

export function StepWhere() {
  const chosen = startStore((start) => start.location);
  const machine = useMachineFolders(null, true);
  const suggestion = machine.data === undefined ? '' : suggestedLocation(machine.data.path, machine.data.places);
  const location = chosen ?? suggestion;
  const reach = startStore((start) => start.reach);
  const { place: current, problem, isChecking, check } = usePlaceCheck(location, reach);
  const chooser = useFolderChooser('Choose where to keep snapshots', (path) => changeStart({ location: path }));
  const ready = isUsable(current);
  return (
    <StepBody
      question="Where should snapshots be kept?"
      lead="Another disk, a NAS, a bucket or a server elsewhere outlives this machine. The repository grows with what changes, not with every snapshot."
      onSubmit={() => {
        if (ready) changeStart({ location: location.trim(), step: 'password' });
      }}
      actions={
        <>
          <span className={styles['spring']} />
          <Button
            type="submit"
            variant="filled"
            disabled={!ready}
            loading={check === null && isChecking && current === undefined}
          >
            Next: password
          </Button>
        </>
      }
      side={<PlaceAdvice />}
    >
      <PlaceFields
        location={location}
        reach={reach}
        onLocation={(typed) => changeStart({ location: typed })}
        onReach={(changed) => changeStart({ reach: changed })}
        chooser={<Button onClick={chooser.open}>Choose…</Button>}
      />
      <CheckButton check={check} isChecking={isChecking} />
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
  const reach = startStore((start) => start.reach);
  if (place.problem !== null)
    return <PlaceProblem place={place} reach={reach} onReach={(changed) => changeStart({ reach: changed })} />;
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
      <p>Encrypted files in the format of restic, an open-source tool: in a folder, in a bucket or on a server.</p>
      <p>With its password, restic alone reads it: what is kept here does not depend on Holdfast.</p>
      <p>Nothing is written there before the last question.</p>
    </Panel>
  );
}
