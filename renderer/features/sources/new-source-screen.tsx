/** A new source of folders: what it protects and leaves out, with what a run would find, before anything is saved. */
import { Button, TextInput } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { FolderDefinition } from '../../../shared/contract/sources.ts';
import { problemIn, startJob, useOrder } from '../../client/ask.ts';
import { useHasState, useIsLive, usePrimaryRepository, useSources } from '../../client/live-store.ts';
import { useFolderChooser, useProbe } from '../../client/machine.ts';
import { useRefusal } from '../../client/me.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { ExcludesField } from '../../components/excludes-field.tsx';
import { FolderDialog } from '../../components/folder-dialog.tsx';
import { NoRight } from '../../components/no-right.tsx';
import { Page, Panel } from '../../components/page.tsx';
import { PathsField } from '../../components/paths-field.tsx';
import { ProbeView } from '../../components/probe-view.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import {
  addCommand,
  definitionOf,
  emptyDraft,
  nameFault,
  nameOf,
  withPath,
  type SourceDraft,
} from '../../components/source-draft.ts';
import { requestOf } from './probe-request.ts';
import styles from './sources.module.css';

export function NewSourceScreen() {
  const known = useHasState();
  const primary = usePrimaryRepository();
  const refusal = useRefusal('sources.add');
  if (refusal !== null) return <NoRight title="Add a source" {...refusal} />;
  if (known && primary === undefined) {
    return (
      <Page title="Add a source">
        <Panel>
          <EmptyState
            title="A repository comes first"
            action={
              <Link to="/welcome" search={{}}>
                Make or connect one
              </Link>
            }
          >
            Snapshots need a place to be kept.
          </EmptyState>
        </Panel>
      </Page>
    );
  }
  return <Form repository={primary?.id ?? ''} />;
}

function Form({ repository }: { readonly repository: string }) {
  const [draft, setDraft] = useState<SourceDraft>(emptyDraft);
  const change = (part: Partial<SourceDraft>) => setDraft((before) => ({ ...before, ...part }));
  const sources = useSources();
  const taken = useMemo(
    () => new Set(sources.flatMap(({ registered }) => (registered === null ? [] : [registered.name]))),
    [sources],
  );
  // What a try before has added is not in the way of the next one.
  const [added, setAdded] = useState<string | null>(null);
  const others = useMemo(() => new Set([...taken].filter((name) => name !== added)), [taken, added]);
  const definition = definitionOf(draft, others);
  const probe = useProbe(requestOf(draft));
  const chooser = useFolderChooser('Choose a folder to protect', (path) =>
    setDraft((before) => ({ ...before, paths: withPath(before.paths, path) })),
  );
  const name = nameOf(draft, others);
  return (
    <Page title="Add a source" sub="Folders and files of this machine, under one name.">
      <div className={styles['columns']}>
        <Panel title="What to protect">
          <div className={styles['body']}>
            <PathsField
              paths={draft.paths}
              onChange={(paths) => change({ paths })}
              onChoose={chooser.open}
              facts={probe.found?.paths ?? []}
            />
            <TextInput
              label="Name"
              description="Under which its snapshots are found later; letters, digits, spaces and . _ @ + -"
              value={draft.name}
              placeholder={draft.paths.length === 0 ? '' : name}
              error={draft.paths.length === 0 ? null : nameFault(name, others)}
              onChange={(event) => change({ name: event.currentTarget.value })}
              maw={360}
            />
            <ExcludesField draft={draft} onChange={change} />
            <Actions repository={repository} definition={definition} added={added} onAdded={setAdded} />
          </div>
        </Panel>
        <div className={styles['side']}>
          <Panel title="A run would find" aside={probe.counting ? 'counting' : undefined}>
            <ProbeView {...probe} />
          </Panel>
        </div>
      </div>
      <FolderDialog {...chooser.dialog} />
    </Page>
  );
}

type ActionsProps = {
  readonly repository: string;
  readonly definition: FolderDefinition | null;
  readonly added: string | null;
  readonly onAdded: (name: string) => void;
};

function Actions({ repository: id, definition, added, onAdded }: ActionsProps) {
  const navigate = useNavigate();
  const live = useIsLive();
  const save = useOrder(async (client, input: { source: FolderDefinition; protect: boolean }) => {
    const { source, protect } = input;
    if (added !== source.name) await client.sources.add({ repository: { id }, source });
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
        {definition === null ? null : <ShowCommand commands={[addCommand(definition)]} />}
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
