/** What is asked of a bucket: which it is, as whom it is read, and what of it. */
import { Checkbox, TextInput } from '@mantine/core';
import { PlaceFields } from '../aws/place-fields.tsx';
import { ResourcePicker } from '../aws/resource-picker.tsx';
import styles from '../remote/remote.module.css';
import { bucketFault, type BucketDraft } from './bucket-draft.ts';

type Props = { readonly draft: BucketDraft; readonly onChange: (change: Partial<BucketDraft>) => void };

export function BucketFields({ draft, onChange }: Props) {
  return (
    <>
      <PlaceFields draft={draft} onChange={onChange} />
      <ResourcePicker
        place={draft}
        kinds={['bucket']}
        chosen={draft.bucket.trim()}
        onChoose={({ id }) => onChange({ bucket: id })}
      />
      <div className={styles['pair']}>
        <TextInput
          label="Bucket"
          value={draft.bucket}
          error={bucketFault(draft.bucket)}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange({ bucket: event.currentTarget.value })}
        />
        <TextInput
          label="Prefix"
          description="Only keys that begin with it. Empty: all."
          placeholder="all"
          value={draft.prefix}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange({ prefix: event.currentTarget.value })}
        />
      </div>
      <Checkbox
        label="All versions"
        description="Those that are no longer current too, and what was deleted."
        checked={draft.versions}
        onChange={(event) => onChange({ versions: event.currentTarget.checked })}
      />
      <Checkbox
        label="Tags of objects"
        checked={draft.objectTags}
        onChange={(event) => onChange({ objectTags: event.currentTarget.checked })}
      />
      <Checkbox
        label="Grants of objects (ACL)"
        description="A call for each new object."
        checked={draft.acls}
        onChange={(event) => onChange({ acls: event.currentTarget.checked })}
      />
    </>
  );
}
