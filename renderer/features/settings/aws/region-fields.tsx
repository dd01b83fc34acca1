/** Where there is something to look at, and what is asked there. */
import { TextInput } from '@mantine/core';
import type { FieldsProps } from './credential-fields.tsx';

export function RegionFields({ draft, faults, onChange, onLeave }: FieldsProps) {
  return (
    <>
      <TextInput
        label="Regions"
        description="Parted by spaces; the first is the usual one. Empty: as the environment or the AWS profile says."
        placeholder="eu-central-1 eu-west-1"
        value={draft.regions}
        error={faults.regions}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange({ regions: event.currentTarget.value })}
        onBlur={() => onLeave('regions')}
      />
      <TextInput
        label="Endpoint"
        description="Of a store or a cloud that speaks as AWS does. Empty: AWS itself."
        placeholder="AWS itself"
        value={draft.endpoint}
        error={faults.endpoint}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange({ endpoint: event.currentTarget.value })}
        onBlur={() => onLeave('endpoint')}
      />
    </>
  );
}
