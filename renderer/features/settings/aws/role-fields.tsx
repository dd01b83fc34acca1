/** A role that is taken on with the credentials, and how AWS lets it. */
import { Checkbox, Select, TextInput } from '@mantine/core';
import { formatDuration } from '../../../../shared/model/units.ts';
import { Notice } from '../../../components/error-notice.tsx';
import type { FieldsProps } from './credential-fields.tsx';
import styles from './aws.module.css';

const durations = [900, 3_600, 7_200, 14_400, 28_800, 43_200];

export function RoleFields(props: FieldsProps) {
  const { draft, onChange } = props;
  return (
    <>
      <Checkbox
        label="Take on a role with them"
        description="For another account, or so that the keys themselves may nothing but take on the role."
        checked={draft.takesRole}
        onChange={(event) => onChange({ takesRole: event.currentTarget.checked })}
      />
      {draft.takesRole ? <Role {...props} /> : null}
    </>
  );
}

function Role({ draft, faults, onChange, onLeave }: FieldsProps) {
  const choices = durations.includes(draft.durationSeconds) ? durations : [draft.durationSeconds, ...durations];
  return (
    <>
      <TextInput
        label="ARN of the role"
        placeholder="arn:aws:iam::111122223333:role/holdfast-protect"
        value={draft.roleArn}
        error={faults.roleArn}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange({ roleArn: event.currentTarget.value })}
        onBlur={() => onLeave('roleArn')}
      />
      <div className={styles['pair']}>
        <TextInput
          label="External id"
          description="Where the trust policy of the role asks for one."
          placeholder="none"
          value={draft.externalId}
          error={faults.externalId}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange({ externalId: event.currentTarget.value })}
          onBlur={() => onLeave('externalId')}
        />
        <TextInput
          label="MFA device"
          description="Its serial number or ARN, where the role asks for a code."
          placeholder="none"
          value={draft.mfaSerial}
          error={faults.mfaSerial}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange({ mfaSerial: event.currentTarget.value })}
          onBlur={() => onLeave('mfaSerial')}
        />
        <TextInput
          label="Name of the session"
          description="How CloudTrail tells what Holdfast has done."
          value={draft.sessionName}
          error={faults.sessionName}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange({ sessionName: event.currentTarget.value })}
          onBlur={() => onLeave('sessionName')}
        />
        <Select
          label="A session holds for"
          description="No longer than the role allows; it is taken on anew by itself."
          data={choices.map((seconds) => ({ value: String(seconds), label: formatDuration(seconds * 1_000) }))}
          value={String(draft.durationSeconds)}
          allowDeselect={false}
          onChange={(value) => value !== null && onChange({ durationSeconds: Number(value) })}
        />
      </div>
      {draft.mfaSerial.trim() === '' ? null : (
        <Notice tone="part" title="No schedule can give a code">
          Runs by schedule are refused with this account. By hand, a code is asked for when it is needed; it is used
          once, and kept nowhere.
        </Notice>
      )}
    </>
  );
}
