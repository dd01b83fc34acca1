/** Takes several sources together: which, and what for. It is a job, whose page shows how it goes. */
import { Button, Checkbox, Modal, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { configurationLimits as limits } from '../../../shared/model/configuration.ts';
import { holdLimits } from '../../../shared/model/together.ts';
import { formatCount, parseDuration } from '../../../shared/model/units.ts';
import { problemIn, startJob, useOrder } from '../../client/ask.ts';
import { askedDialog, closeAskedDialog } from '../../client/asked-dialog.ts';
import { useIsLive, usePrimaryRepository, useSources } from '../../client/live-store.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { toggled } from '../../components/table-model.ts';
import { visibleText } from '../../components/visible-text.ts';
import { takeCommand } from './commands.ts';
import { inOrder, isAllByName, movedEarlier } from './take-order.ts';
import styles from './systems.module.css';

export function TakeSystemDialog() {
  const asked = askedDialog((state) => state.asked);
  const sources = asked?.kind === 'takeSystem' ? asked.sources : null;
  return (
    <Modal opened={asked?.kind === 'takeSystem'} onClose={closeAskedDialog} title="Take a system snapshot">
      <Body asked={sources} />
    </Modal>
  );
}

function Body({ asked }: { readonly asked: readonly string[] | null }) {
  const registered = useSources()
    .flatMap((source) => (source.registered === null ? [] : [source.registered.name]))
    .toSorted((a, b) => a.localeCompare(b));
  const [left, setLeft] = useState<ReadonlySet<string>>(
    () => new Set(asked === null ? [] : registered.filter((name) => !asked.includes(name))),
  );
  const [wished, setWished] = useState<readonly string[]>(asked ?? []);
  const ordered = inOrder(registered, wished);
  const names = ordered.filter((name) => !left.has(name));
  const [written, setDescription] = useState('');
  const description = written.trim();
  const [held, setHeld] = useState('');
  const hold = held.replaceAll(' ', '');
  const holdMs = hold === '' ? undefined : (parseDuration(hold) ?? 0);
  const isWrong = holdMs !== undefined && (holdMs < holdLimits.leastMs || holdMs > holdLimits.mostMs);
  const navigate = useNavigate();
  const live = useIsLive();
  const primary = usePrimaryRepository();
  const order = useOrder((client, repository: string) =>
    startJob(
      client.systems.take({ repository: { id: repository }, sources: names, description, holdMs, detach: true }),
    ),
  );
  const problem = problemIn(order);
  if (registered.length === 0 || primary === undefined) {
    return (
      <EmptyState title="No source could be taken">
        Only sources that are registered here are taken together. Add one in Sources first.
      </EmptyState>
    );
  }
  const take = () =>
    order.mutate(primary.id, {
      onSuccess: ({ job }) => {
        closeAskedDialog();
        void navigate({ to: '/activity/$job', params: { job } });
      },
    });
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault();
        if (names.length > 0 && !isWrong) take();
      }}
    >
      <div>
        All are held still by their hooks, in the order below, then all are taken, and all are let go in reverse. The
        record says which are of one moment. Where one cannot be held, the others are let go at once and each is taken
        by itself.
      </div>
      <div className={styles['choicesHead']}>
        <span id="taken-together">
          {formatCount(names.length)} of {formatCount(registered.length)}{' '}
          {registered.length === 1 ? 'source' : 'sources'}
        </span>
        <Button
          size="compact-xs"
          variant="subtle"
          onClick={() => setLeft(names.length === registered.length ? new Set(registered) : new Set())}
        >
          {names.length === registered.length ? 'Choose none' : 'Choose all'}
        </Button>
      </div>
      <div className={styles['choices']} role="group" aria-labelledby="taken-together">
        {ordered.map((name) => (
          <div key={name} className={styles['choice']}>
            <Checkbox
              label={visibleText(name)}
              checked={!left.has(name)}
              onChange={() => setLeft(toggled(left, name))}
            />
            {left.has(name) || names.length === 1 ? null : (
              <Earlier
                name={name}
                place={names.indexOf(name) + 1}
                of={names.length}
                onMove={() => setWished(movedEarlier(ordered, name, left))}
              />
            )}
          </div>
        ))}
      </div>
      <TextInput
        label="Description"
        data-autofocus
        description="What for; may be empty"
        value={written}
        maxLength={limits.reasonLength}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
      <TextInput
        label="Hold at most"
        description="From the first hook on, as 90s or 2m; empty: as set, else a minute"
        value={held}
        error={isWrong ? 'A time from 1s to 1h' : null}
        maxLength={20}
        onChange={(event) => setHeld(event.currentTarget.value)}
      />
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <div className={styles['actions']}>
        <Button
          type="submit"
          variant="filled"
          disabled={names.length === 0 || isWrong || !live}
          loading={order.isPending}
        >
          Take {names.length === 1 ? 'one source' : `${formatCount(names.length)} sources`}
        </Button>
        <Button onClick={closeAskedDialog}>Cancel</Button>
        <span className={styles['spring']} />
        <ShowCommand
          commands={[
            takeCommand(isAllByName(names, registered) ? null : names, { description, hold }, primary.location),
          ]}
        />
      </div>
    </form>
  );
}

type EarlierProps = {
  readonly name: string;
  /** Of those that are taken, from one on. */
  readonly place: number;
  readonly of: number;
  readonly onMove: () => void;
};

/** The first one's stays where it is, so that whoever has moved it there with the keyboard is not thrown out of the list. */
function Earlier({ name, place, of, onMove }: EarlierProps) {
  const isFirst = place === 1;
  return (
    <Button
      size="compact-xs"
      variant="subtle"
      aria-label={`Hold ${visibleText(name)} earlier; now ${place} of ${of}`}
      aria-disabled={isFirst}
      {...(isFirst ? { 'data-disabled': true } : {})}
      onClick={() => {
        if (!isFirst) onMove();
      }}
    >
      {place} ↑
    </Button>
  );
}
