/** A new source of folders: what it protects and leaves out, with what a run would find, before anything is saved. */
import { TextInput } from '@mantine/core';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useFolderChooser, useProbe } from '../../client/machine.ts';
import { ExcludesField } from '../../components/excludes-field.tsx';
import { FolderDialog } from '../../components/folder-dialog.tsx';
import { Page, Panel } from '../../components/page.tsx';
import { PathsField } from '../../components/paths-field.tsx';
import { ProbeView } from '../../components/probe-view.tsx';
import {
  addCommand,
  definitionOf,
  emptyDraft,
  nameFault,
  nameOf,
  withPath,
  type SourceDraft,
} from '../../components/source-draft.ts';
import { AddActions, useOtherNames } from './add-actions.tsx';
import { requestOf } from './probe-request.ts';
import styles from './sources.module.css';

export function NewFolderSource() {
  const { of } = useSearch({ from: '/sources/new' });
  const [draft, setDraft] = useState<SourceDraft>(of === undefined ? emptyDraft : { ...emptyDraft, paths: [of] });
  const change = (part: Partial<SourceDraft>) => setDraft((before) => ({ ...before, ...part }));
  const { others, added, setAdded } = useOtherNames();
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
            <AddActions
              definition={definition}
              command={definition === null ? null : addCommand(definition)}
              added={added}
              onAdded={setAdded}
            />
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
