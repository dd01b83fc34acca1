/** The end of every way to a new source: leave it, add it, or add it and protect it at once. */
import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { SourceDefinition, SourceSecret } from '../../../shared/contract/sources.ts';
import { problemIn, startJob, useOrder } from '../../client/ask.ts';
import { useIsLive, usePrimaryRepository, useSources } from '../../client/live-store.ts';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import styles from './sources.module.css';

/** Names that are taken, but for the one that a try before has added: it is not in the way of the next one. */
export function useOtherNames() {
  const sources = useSources();
  const [added, setAdded] = useState<string | null>(null);
  const others = useMemo(() => {
    const taken = sources.flatMap(({ registered }) => (registered === null ? [] : [registered.name]));
    return new Set(taken.filter((name) => name !== added));
  }, [sources, added]);
  return { others, added, setAdded };
}

type AddActionsProps = {
  /** Null while something is missing or wrong. */
  readonly definition: SourceDefinition | null;
  readonly secrets?: () => SourceSecret[];
  readonly command: readonly string[] | null;
  readonly note?: string | undefined;
  readonly added: string | null;
  readonly onAdded: (name: string) => void;
};

export function AddActions({ definition, secrets = noSecrets, command, note, added, onAdded }: AddActionsProps) {
  const navigate = useNavigate();
  const live = useIsLive();
  const id = usePrimaryRepository()?.id ?? '';
  const save = useOrder(async (client, input: { source: SourceDefinition; protect: boolean }) => {
    const { source, protect } = input;
    const call = { repository: { id }, source, secrets: secrets() };
    // One that a try before has added may have been changed since.
    if (added === source.name) await client.sources.update(call);
    else await client.sources.add(call);
    onAdded(source.name);
    if (protect) {
      await startJob(client.protection.protect({ repository: { id }, registered: source.name, detach: true }));
    }
    await navigate({ to: '/sources/$source', params: { source: source.name } });
  });
  const problem = problemIn(save);
  const disabled = definition === null || !live || save.isPending;
  const go = (protect: boolean) => {
    if (definition !== null) save.mutate({ source: definition, protect });
  };
  return (
    <>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <div className={styles['actions']}>
        <Button onClick={() => void navigate({ to: '/sources' })}>Cancel</Button>
        <span className={styles['spring']} />
        {command === null ? null : <ShowCommand commands={[command]} {...(note === undefined ? {} : { note })} />}
        <Button disabled={disabled} onClick={() => go(false)}>
          Add
        </Button>
        <Button variant="filled" disabled={disabled} loading={save.isPending} onClick={() => go(true)}>
          Add and protect now
        </Button>
      </div>
    </>
  );
}

export const noSecrets = (): SourceSecret[] => [];
