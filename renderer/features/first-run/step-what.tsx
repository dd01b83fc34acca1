/** What to protect first: folders, counted as they are chosen, and what to leave out of them. */
import { Button, TextInput } from '@mantine/core';
import { useMemo } from 'react';
import { useSources } from '../../client/live-store.ts';
import { useFolderChooser, useProbe, type ProbeRequest } from '../../client/machine.ts';
import { Notice } from '../../components/error-notice.tsx';
import { ExcludesField } from '../../components/excludes-field.tsx';
import { FolderDialog } from '../../components/folder-dialog.tsx';
import { Panel } from '../../components/page.tsx';
import { PathText } from '../../components/path-text.tsx';
import { PathsField } from '../../components/paths-field.tsx';
import { ProbeView } from '../../components/probe-view.tsx';
import { definitionOf, nameFault, nameOf, patternsOf, withPath, withPattern } from '../../components/source-draft.ts';
import styles from './first-run.module.css';
import { holdsRepository, stepAfter } from './start-model.ts';
import { changeDraft, changeStart, startStore } from './start-store.ts';
import { StepBody } from './step-body.tsx';

export function StepWhat() {
  const draft = startStore((start) => start.draft);
  const location = startStore((start) => start.location) ?? '';
  const made = startStore((start) => start.made);
  const sources = useSources();
  const taken = useMemo(() => new Set(sources.map(({ name }) => name)), [sources]);
  const definition = definitionOf(draft, taken);
  const probe = useProbe(useProbeRequest());
  const chooser = useFolderChooser('Choose a folder to protect', (path) =>
    changeDraft({ paths: withPath(startStore.getState().draft.paths, path) }),
  );
  const inside = holdsRepository(draft.paths, patternsOf(draft.excludes), location);
  const ready = definition !== null && inside === null;
  const name = nameOf(draft, taken);
  return (
    <StepBody
      question="What should be protected first?"
      lead="The folders you could not do without. More can follow at any time, each as a source of its own."
      onSubmit={() => {
        if (ready) changeStart({ step: stepAfter('what', 1) });
      }}
      actions={
        <>
          <Button disabled={made.repository !== null} onClick={() => changeStart({ step: stepAfter('what', -1) })}>
            Back
          </Button>
          <span className={styles['spring']} />
          <Button type="submit" variant="filled" disabled={!ready}>
            Next: how often
          </Button>
        </>
      }
      side={
        <Panel title="Found there now" aside={probe.counting ? 'counting' : undefined}>
          <ProbeView {...probe} />
        </Panel>
      }
    >
      <PathsField
        paths={draft.paths}
        onChange={(paths) => changeDraft({ paths })}
        onChoose={chooser.open}
        facts={probe.found?.paths ?? []}
      />
      {inside === null ? null : (
        <Notice
          tone="part"
          title="The repository would lie inside what is protected"
          actions={
            <Button onClick={() => changeDraft({ excludes: withPattern(draft.excludes, location, true) })}>
              Leave it out
            </Button>
          }
        >
          <PathText path={location} mono /> lies in <PathText path={inside} mono />, and cannot be stored in itself.
        </Notice>
      )}
      {draft.paths.length === 0 ? null : (
        <>
          <ExcludesField draft={draft} onChange={changeDraft} short />
          <TextInput
            label="Name of the source"
            value={draft.name}
            placeholder={name}
            error={nameFault(name, taken)}
            onChange={(event) => changeDraft({ name: event.currentTarget.value })}
            maw={320}
          />
        </>
      )}
      <FolderDialog {...chooser.dialog} />
    </StepBody>
  );
}

function useProbeRequest(): ProbeRequest | null {
  const { paths, excludes, excludeCaches } = startStore((start) => start.draft);
  if (paths.length === 0) return null;
  return {
    paths,
    excludes: patternsOf(excludes),
    excludeCaches,
    excludeLargerThanBytes: null,
    oneFileSystem: false,
  };
}
