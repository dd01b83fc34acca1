/** A new source of an instance, a volume, or what carries a tag in EC2. */
import { TextInput } from '@mantine/core';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { Notice } from '../../../components/error-notice.tsx';
import { Page, Panel } from '../../../components/page.tsx';
import { nameFault } from '../../../components/source-draft.ts';
import { AddActions, useOtherNames } from '../add-actions.tsx';
import styles from '../remote/remote.module.css';
import sourceStyles from '../sources.module.css';
import { addEc2Command } from './ec2-commands.ts';
import { ec2DefinitionOf, ec2DraftFrom, ec2NameOf, lockOf, needsConfirming, type Ec2Draft } from './ec2-draft.ts';
import { Ec2Fields } from './ec2-fields.tsx';

export function NewEc2Source() {
  const search = useSearch({ from: '/sources/new' });
  const [draft, setDraft] = useState<Ec2Draft>(() => ec2DraftFrom(search));
  const [typed, setTyped] = useState('');
  const change = (part: Partial<Ec2Draft>) => setDraft((before) => ({ ...before, ...part }));
  const { others, added, setAdded } = useOtherNames();
  const name = ec2NameOf(draft, others);
  const word = needsConfirming(lockOf(draft), null) ? name : null;
  const made = ec2DefinitionOf(draft, others);
  const definition = word === null || typed.trim() === word ? made : null;
  return (
    <Page title="Add a source" sub="An instance or volumes in EC2, under one name.">
      <div className={sourceStyles['columns']}>
        <Panel title="EC2 instance or volume">
          <div className={styles['fields']}>
            <TextInput
              label="Name"
              description="Under which its snapshots are found later; letters, digits, spaces and . _ @ + -"
              value={draft.name}
              placeholder={name}
              error={nameFault(name, others)}
              onChange={(event) => change({ name: event.currentTarget.value })}
              maw={360}
            />
            <Ec2Fields draft={draft} onChange={change} word={word} typed={typed} onTyped={setTyped} />
            <AddActions
              definition={definition}
              command={definition === null ? null : addEc2Command(definition)}
              added={added}
              onAdded={setAdded}
            />
          </div>
        </Panel>
        <div className={sourceStyles['side']}>
          <Ec2Side />
        </div>
      </div>
    </Page>
  );
}

function Ec2Side() {
  return (
    <Panel title="What a run does">
      <div className={styles['side']}>
        <p className={styles['dim']}>
          It asks AWS for native snapshots, and returns at once. Completion is followed, and survives a restart: the
          snapshot counts once AWS has completed it. What an instance needs to be launched again is described in the
          repository.
        </p>
        <Notice tone="none" title="Crash-consistent">
          All volumes of an instance show one point in time, as after a power cut. With hooks around the run, they can
          be application-consistent.
        </Notice>
        <Notice tone="none" title="What others made stays">
          Only snapshots that carry the tags of this source expire. Those of the console, of Data Lifecycle Manager and
          of AWS Backup are shown, counted, and never removed.
        </Notice>
      </div>
    </Panel>
  );
}
