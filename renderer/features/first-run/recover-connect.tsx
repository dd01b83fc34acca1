/** Which repository, and its password. */
import { Button, Checkbox, PasswordInput } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { problemIn, useOrder } from '../../client/ask.ts';
import { useClient } from '../../client/client-context.tsx';
import { useLive } from '../../client/live-store.ts';
import { useFolderChooser } from '../../client/machine.ts';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { FolderDialog } from '../../components/folder-dialog.tsx';
import { Panel } from '../../components/page.tsx';
import { givenReach } from '../../components/place-draft.ts';
import { PlaceFields } from '../../components/place-fields.tsx';
import { CheckButton, PlaceProblem, usePlaceCheck } from './place-check.tsx';
import styles from './first-run.module.css';
import { changeRecover, recoverStore, runRebuild } from './recover-store.ts';
import { StepBody } from './step-body.tsx';

export function RecoverConnect() {
  const given = useSearch({ from: '/welcome' }).location;
  const known = recoverStore((recover) => recover.location);
  const remember = recoverStore((recover) => recover.remember);
  const location = known === '' ? (given ?? '') : known;
  const [password, setPassword] = useState('');
  const store = useLive((live) => live.engine?.secretStore ?? null);
  const client = useClient();
  const navigate = useNavigate();
  const entered = recoverStore((recover) => recover.reach);
  const { place, isChecking, check } = usePlaceCheck(location, entered);
  const connect = useOrder(async (asked, input: { location: string; password: string; remember: boolean }) => {
    const reach = givenReach(input.location, entered);
    const { repository } = await asked.repositories.connect({ ...input, ...(reach === undefined ? {} : { reach }) });
    changeRecover({ repository: repository.id, step: 'catalog', reach: { ...entered, secrets: {} } });
    void runRebuild(client, repository.id);
  });
  const chooser = useFolderChooser('Choose the repository', (path) => changeRecover({ location: path }));
  const nothingThere = place !== undefined && place.kind !== 'repository' ? place : null;
  const ready = location.trim() !== '' && password !== '' && nothingThere === null;
  const problem = problemIn(connect);
  return (
    <StepBody
      question="Which repository?"
      lead="One that Holdfast or restic has written. Connecting it changes nothing in it."
      onSubmit={() => {
        if (ready) connect.mutate({ location: location.trim(), password, remember: remember && store !== null });
      }}
      actions={
        <>
          <Button onClick={() => void navigate({ to: '/welcome', search: {} })}>Back</Button>
          <span className={styles['spring']} />
          <Button type="submit" variant="filled" disabled={!ready} loading={connect.isPending}>
            Connect
          </Button>
        </>
      }
      side={
        <Panel title="Where to look">
          <p>
            The recovery kit names the place of the repository. It is a folder with <code>config</code>,{' '}
            <code>keys</code> and <code>data</code> in it.
          </p>
          <p>
            Was the kit kept as a file? <Link to="/kit">Open it</Link>, and the place is filled in.
          </p>
          <p>If the disk came from another machine, plug it in and choose the folder on it.</p>
        </Panel>
      }
    >
      <PlaceFields
        location={location}
        reach={entered}
        onLocation={(typed) => changeRecover({ location: typed })}
        onReach={(changed) => changeRecover({ reach: changed })}
        chooser={<Button onClick={chooser.open}>Choose…</Button>}
      />
      <CheckButton check={check} isChecking={isChecking} />
      {nothingThere === null ? null : nothingThere.problem !== null ? (
        <PlaceProblem place={nothingThere} reach={entered} onReach={(changed) => changeRecover({ reach: changed })} />
      ) : (
        <Notice tone="part" title="No repository lies here">
          Choose another place, or{' '}
          <Link to="/welcome" search={{ door: 'start' }}>
            start a new one
          </Link>
          .
        </Notice>
      )}
      <div className={styles['passwords']}>
        <PasswordInput
          label="Password of the repository"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          autoComplete="current-password"
          error={problem?.code === 'WRONG_PASSWORD' ? 'This is not the password of the repository.' : null}
        />
        {store === null ? null : (
          <Checkbox
            checked={remember}
            onChange={(event) => changeRecover({ remember: event.currentTarget.checked })}
            label={`Remember it in the ${store}`}
          />
        )}
      </div>
      {problem === null || problem.code === 'WRONG_PASSWORD' ? null : <ErrorNotice problem={problem} />}
      <FolderDialog {...chooser.dialog} />
    </StepBody>
  );
}
