/** A new source of a bucket. */
import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { Page, Panel } from '../../../components/page.tsx';
import { nameFault } from '../../../components/source-draft.ts';
import { AddActions, useOtherNames } from '../add-actions.tsx';
import styles from '../remote/remote.module.css';
import {
  addBucketCommand,
  bucketDefinitionOf,
  bucketNameOf,
  emptyBucketDraft,
  type BucketDraft,
} from './bucket-draft.ts';
import { BucketFields } from './bucket-fields.tsx';

export function NewBucketSource() {
  const [draft, setDraft] = useState<BucketDraft>(emptyBucketDraft);
  const change = (part: Partial<BucketDraft>) => setDraft((before) => ({ ...before, ...part }));
  const { others, added, setAdded } = useOtherNames();
  const definition = bucketDefinitionOf(draft, others);
  const name = bucketNameOf(draft, others);
  return (
    <Page title="Add a source" sub="The objects of an S3 bucket, under one name.">
      <Panel title="S3 bucket">
        <div className={styles['fields']}>
          <BucketFields draft={draft} onChange={change} />
          <TextInput
            label="Name"
            description="Under which its snapshots are found later; letters, digits, spaces and . _ @ + -"
            value={draft.name}
            placeholder={name}
            error={nameFault(name, others)}
            onChange={(event) => change({ name: event.currentTarget.value })}
            maw={360}
          />
          <AddActions
            definition={definition}
            command={definition === null ? null : addBucketCommand(definition)}
            added={added}
            onAdded={setAdded}
          />
        </div>
      </Panel>
    </Page>
  );
}
