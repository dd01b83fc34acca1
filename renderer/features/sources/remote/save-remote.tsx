/** The end of a change: leave it as it was, or save it. */
import { Button } from '@mantine/core';
import type { SourceDefinition, SourceSecret } from '../../../../shared/contract/sources.ts';
import { problemIn, useOrder } from '../../../client/ask.ts';
import { useIsLive, usePrimaryRepository } from '../../../client/live-store.ts';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { ShowCommand } from '../../../components/show-command.tsx';
import { noSecrets } from '../add-actions.tsx';
import sourceStyles from '../sources.module.css';
import styles from './remote.module.css';

type SaveRemoteProps = {
  /** Null while something is missing or wrong. */
  readonly definition: SourceDefinition | null;
  /** None where it is not given. */
  readonly secrets?: () => SourceSecret[];
  readonly command: readonly string[] | null;
  readonly note?: string | undefined;
  readonly onDone: () => void;
};

export function SaveRemote({ definition, secrets = noSecrets, command, note, onDone }: SaveRemoteProps) {
  const id = usePrimaryRepository()?.id ?? '';
  const live = useIsLive();
  const save = useOrder((client, source: SourceDefinition) =>
    client.sources.update({ repository: { id }, source, secrets: secrets() }),
  );
  const problem = problemIn(save);
  return (
    <>
      <p className={styles['dim']}>
        It counts from the next run on. Snapshots that are there stay as they are, and so does what they hold of what is
        no longer selected.
      </p>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <div className={sourceStyles['actions']}>
        <Button onClick={onDone}>Leave as it was</Button>
        <span className={sourceStyles['spring']} />
        {command === null ? null : <ShowCommand commands={[command]} {...(note === undefined ? {} : { note })} />}
        <Button
          variant="filled"
          disabled={definition === null || !live}
          loading={save.isPending}
          onClick={() => {
            if (definition !== null) save.mutate(definition, { onSuccess: onDone });
          }}
        >
          Save
        </Button>
      </div>
    </>
  );
}
