/** The fields of a source in EC2, for a new one and for one that is changed. */
import { Checkbox, TextInput } from '@mantine/core';
import { PlaceFields } from '../aws/place-fields.tsx';
import { daysFault } from './ec2-draft.ts';
import { CopiesField } from './copies-field.tsx';
import { LockFields } from './lock-fields.tsx';
import { TargetFields, type Ec2FieldsProps } from './target-fields.tsx';

type Props = Ec2FieldsProps & {
  readonly word: string | null;
  readonly typed: string;
  readonly onTyped: (typed: string) => void;
};

export function Ec2Fields(props: Props) {
  const { draft, onChange } = props;
  return (
    <>
      <PlaceFields draft={draft} onChange={onChange} />
      <TargetFields draft={draft} onChange={onChange} />
      <CopiesField draft={draft} onChange={onChange} />
      <LockFields {...props} />
      <Checkbox
        label="Off the cloud too"
        description="The blocks of completed snapshots are read into the repository as disk images: after the first, only those that have changed. They outlive the account."
        checked={draft.offCloud}
        onChange={(event) => onChange({ offCloud: event.currentTarget.checked })}
      />
      {draft.offCloud ? (
        <TextInput
          label="Keep images for days"
          description="Empty: as long as the periods say that their snapshots were taken for. The last good one stays."
          value={draft.offCloudKeep}
          error={draft.offCloudKeep.trim() === '' ? null : daysFault(draft.offCloudKeep)}
          onChange={(event) => onChange({ offCloudKeep: event.currentTarget.value })}
        />
      ) : null}
    </>
  );
}
