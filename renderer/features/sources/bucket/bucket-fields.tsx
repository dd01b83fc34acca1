/** What is asked of a bucket: which it is, as whom it is read, and what of it. */
import { Checkbox, TextInput } from '@mantine/core';
import { bucketFault, endpointFault, regionFault, type BucketDraft } from './bucket-draft.ts';

type Props = { readonly draft: BucketDraft; readonly onChange: (change: Partial<BucketDraft>) => void };

export function BucketFields({ draft, onChange }: Props) {
  return (
    <>
      <TextInput
        label="Bucket"
        value={draft.bucket}
        error={bucketFault(draft.bucket)}
        spellCheck={false}
        onChange={(event) => onChange({ bucket: event.currentTarget.value })}
        maw={360}
      />
      <TextInput
        label="Prefix"
        description="Only keys that begin with it. Empty: all."
        value={draft.prefix}
        spellCheck={false}
        onChange={(event) => onChange({ prefix: event.currentTarget.value })}
        maw={360}
      />
      <TextInput
        label="AWS account"
        description="The name of a registered account. Empty: the AWS environment and profiles of this machine."
        value={draft.account}
        spellCheck={false}
        onChange={(event) => onChange({ account: event.currentTarget.value })}
        maw={360}
      />
      <TextInput
        label="Region"
        description="Empty: that of the account."
        placeholder="eu-central-1"
        value={draft.region}
        error={regionFault(draft.region)}
        spellCheck={false}
        onChange={(event) => onChange({ region: event.currentTarget.value })}
        maw={240}
      />
      <TextInput
        label="Endpoint"
        description="Of a store that speaks as S3 does. Empty: AWS itself."
        value={draft.endpoint}
        error={endpointFault(draft.endpoint)}
        spellCheck={false}
        onChange={(event) => onChange({ endpoint: event.currentTarget.value })}
        maw={480}
      />
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
