/** Restore as of before an incident: of each source the newest good snapshot from before a moment. It only chooses. */
import { Button, Modal, TextInput } from '@mantine/core';
import { useState } from 'react';
import { askedDialog, closeAskedDialog } from '../../client/asked-dialog.ts';
import { problemIn, useAnswer } from '../../client/ask.ts';
import { useIncident, useLive, useSuspects } from '../../client/live-store.ts';
import { togetherOf, useRestoreTogether } from '../../client/restore-together.ts';
import { useConnectionOf } from '../../client/systems.ts';
import { absoluteTime } from '../../components/format-time.ts';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import {
  fieldOf,
  momentOf,
  pointKey,
  pointsCommand,
  proposedMoment,
  sayWhy,
  type BeforeMoment,
} from './before-model.ts';
import { BeforePoints } from './before-points.tsx';
import { repositoriesOf } from './draft.ts';
import styles from './recovery.module.css';

export function BeforeDialog() {
  const asked = askedDialog((state) => state.asked);
  return (
    <Modal
      opened={asked?.kind === 'restoreBefore'}
      onClose={closeAskedDialog}
      title="Restore as of before an incident"
      size={760}
    >
      <Body />
    </Modal>
  );
}

/** What is proposed when it opens stays, whatever is marked meanwhile. */
function Body() {
  const suspects = useSuspects();
  const incident = useIncident();
  const [proposed] = useState(() => proposedMoment(suspects, incident, Date.now()));
  const [written, setWritten] = useState<string | null>(null);
  const atMs = written === null ? proposed.atMs : momentOf(written);
  return (
    <div className={styles['form']}>
      <div>
        This only chooses: nothing is written, changed or removed by it. The guided restore then shows what would be
        before anything is.
      </div>
      <TextInput
        type="datetime-local"
        step={1}
        label="Before"
        description={descriptionOf(atMs, written === null ? proposed.why : null)}
        error={atMs === null ? 'Give a date and a time.' : undefined}
        value={written ?? fieldOf(proposed.atMs)}
        onChange={(event) => setWritten(event.currentTarget.value)}
      />
      {atMs === null ? null : <Points atMs={atMs} />}
    </div>
  );
}

/** A field of a browser may show the moment in another manner than everything else here. */
function descriptionOf(atMs: number | null, why: BeforeMoment['why'] | null): string {
  if (atMs === null) return 'By the clock of this computer.';
  return `${absoluteTime(atMs)}. ${why === null ? 'By the clock of this computer.' : sayWhy(why)}`;
}

function Points({ atMs }: { readonly atMs: number }) {
  const revisions = useLive(({ repositories }) => [...repositories.values()].map(({ revision }) => revision).join());
  const suspects = useSuspects().length;
  const before = new Date(atMs).toISOString();
  const answer = useAnswer(
    ['incidents.restorePoints', before, revisions, suspects],
    (client, signal) => client.incidents.restorePoints({ before }, { signal }),
    { keepPrevious: true },
  );
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const connectionOf = useConnectionOf();
  const restore = useRestoreTogether();
  const problem = problemIn(answer);
  if (problem !== null) return <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />;
  if (answer.data === undefined) return <Skeleton lines={5} />;
  const { points } = answer.data;
  const chosen = points.filter((point) => !left.has(pointKey(point)));
  const without = chosen.filter(({ snapshot }) => snapshot === null).length;
  const { items, outOfReach } = togetherOf(chosen, connectionOf);
  const scattered = repositoriesOf(items).length > 1;
  const names = chosen.length === points.length ? null : [...new Set(chosen.map(({ source }) => source))];
  return (
    <>
      <BeforePoints points={points} left={left} onLeft={setLeft} />
      {without === 0 ? null : (
        <Notice tone="part">
          {without === 1 ? 'One chosen source has' : `${without} chosen sources have`} no good snapshot from before that
          moment and would not be restored.
        </Notice>
      )}
      {outOfReach === 0 ? null : (
        <Notice tone="part">
          {outOfReach === 1 ? 'One snapshot lies' : `${outOfReach} snapshots lie`} in a repository that this console is
          not connected with, and would not be restored.
        </Notice>
      )}
      {scattered ? (
        <Notice tone="part">What is chosen lies in several repositories. A restore reads from one: choose less.</Notice>
      ) : null}
      <div className={styles['actions']}>
        <Button
          variant="filled"
          disabled={items.length === 0 || scattered || answer.isPlaceholderData}
          onClick={() => {
            closeAskedDialog();
            restore(items);
          }}
        >
          {items.length === 1 ? 'Go on with one snapshot…' : `Go on with ${items.length} snapshots…`}
        </Button>
        <Button onClick={closeAskedDialog}>Cancel</Button>
        <span className={styles['spring']} />
        <ShowCommand commands={[pointsCommand(atMs, names)]} />
      </div>
    </>
  );
}
