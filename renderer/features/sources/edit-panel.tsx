/** Changes what a source protects and leaves out, with what a run would find then, and what runs around it. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { FolderDefinition, RegisteredSource } from '../../../shared/contract/sources.ts';
import { problemIn, useOrder } from '../../client/ask.ts';
import { useIsLive, usePrimaryRepository } from '../../client/live-store.ts';
import { useFolderChooser, useProbe } from '../../client/machine.ts';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { ExcludesField } from '../../components/excludes-field.tsx';
import { FolderDialog } from '../../components/folder-dialog.tsx';
import { Panel } from '../../components/page.tsx';
import { PathsField } from '../../components/paths-field.tsx';
import { ProbeView } from '../../components/probe-view.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { changeCommand, definitionOf, draftOf, withPath, type SourceDraft } from '../../components/source-draft.ts';
import { hooksDraftOf, hooksOf } from './hooks-draft.ts';
import { HooksField } from './hooks-field.tsx';
import { requestOf } from './probe-request.ts';
import styles from './sources.module.css';

const nobody: ReadonlySet<string> = new Set();

type EditPanelProps = { readonly source: RegisteredSource & { readonly kind: 'folder' }; readonly onDone: () => void };

export function EditPanel({ source, onDone }: EditPanelProps) {
  const [draft, setDraft] = useState(() => draftOf(source));
  const [hooks, setHooks] = useState(() => hooksDraftOf(source.commands));
  const change = (part: Partial<SourceDraft>) => setDraft((before) => ({ ...before, ...part }));
  const primary = usePrimaryRepository();
  const live = useIsLive();
  const probe = useProbe(requestOf(draft));
  const chooser = useFolderChooser('Choose a folder to protect', (path) =>
    setDraft((before) => ({ ...before, paths: withPath(before.paths, path) })),
  );
  const save = useOrder((client, definition: FolderDefinition) =>
    client.sources.update({ repository: { id: primary?.id ?? '' }, source: definition }),
  );
  const problem = problemIn(save);
  const made = definitionOf(draft, nobody);
  const commands = hooksOf(hooks);
  // The name stays, since snapshots are found by it.
  const definition = made === null || commands === null ? null : { ...made, name: source.name, commands };
  return (
    <Panel title="Change the definition" marked>
      <div className={styles['body']}>
        <PathsField
          paths={draft.paths}
          onChange={(paths) => change({ paths })}
          onChoose={chooser.open}
          facts={probe.found?.paths ?? []}
        />
        <ExcludesField draft={draft} onChange={change} />
        <ProbeView {...probe} />
        <HooksField draft={hooks} onChange={(part) => setHooks((before) => ({ ...before, ...part }))} />
        <p className={styles['dim']}>
          It counts from the next run on. Snapshots that are there stay as they are, and so does what they hold of paths
          that are taken out.
        </p>
        {problem === null ? null : <ErrorNotice problem={problem} />}
        <div className={styles['actions']}>
          <Button onClick={onDone}>Leave as it was</Button>
          <span className={styles['spring']} />
          {definition === null ? null : <ShowCommand commands={[changeCommand(source, definition)]} />}
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
      </div>
      <FolderDialog {...chooser.dialog} />
    </Panel>
  );
}
