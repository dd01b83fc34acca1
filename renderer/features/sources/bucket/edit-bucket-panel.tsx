/** Changes a source of a bucket. */
import { useState } from 'react';
import type { RegisteredSource, S3BucketDefinition } from '../../../../shared/contract/sources.ts';
import { Panel } from '../../../components/page.tsx';
import { hooksDraftOf, hooksOf } from '../hooks-draft.ts';
import { HooksField } from '../hooks-field.tsx';
import { SaveRemote } from '../remote/save-remote.tsx';
import styles from '../remote/remote.module.css';
import { bucketDefinitionOf, bucketDraftOf, changeBucketCommand, type BucketDraft } from './bucket-draft.ts';
import { BucketFields } from './bucket-fields.tsx';

const nobody: ReadonlySet<string> = new Set();

type Props = { readonly source: RegisteredSource & { readonly kind: 's3-bucket' }; readonly onDone: () => void };

export function EditBucketPanel({ source, onDone }: Props) {
  const [draft, setDraft] = useState(() => bucketDraftOf(source));
  const [hooks, setHooks] = useState(() => hooksDraftOf(source.commands));
  const change = (part: Partial<BucketDraft>) => setDraft((before) => ({ ...before, ...part }));
  const commands = hooksOf(hooks);
  const made = bucketDefinitionOf(draft, nobody);
  // The name stays, since snapshots are found by it.
  const definition: S3BucketDefinition | null =
    made === null || commands === null ? null : { ...made, name: source.name, commands };
  return (
    <Panel title="Change the definition" marked>
      <div className={styles['fields']}>
        <BucketFields draft={draft} onChange={change} />
        <HooksField draft={hooks} onChange={(part) => setHooks((before) => ({ ...before, ...part }))} />
        <SaveRemote
          definition={definition}
          command={definition === null ? null : changeBucketCommand(source, definition)}
          onDone={onDone}
        />
      </div>
    </Panel>
  );
}
