/** What is to be there afterwards: a volume, a disk of an instance, its root, or a whole instance. */
import { Checkbox, Radio, Textarea, TextInput } from '@mantine/core';
import {
  disksOf,
  instanceFault,
  pointFault,
  regionFault,
  snapshotFault,
  type AwsRestoreDraft,
  type WantKind,
} from './aws-draft.ts';
import { NamedPoint } from '../points/named-point.tsx';
import styles from './aws.module.css';

export type AwsFieldsProps = {
  readonly draft: AwsRestoreDraft;
  readonly onChange: (change: Partial<AwsRestoreDraft>) => void;
};

const kinds: readonly { readonly value: WantKind; readonly label: string; readonly words: string }[] = [
  { value: 'volume', label: 'A new volume', words: 'Beside what is there. Nothing that runs is touched.' },
  {
    value: 'disk',
    label: 'A data volume of an instance',
    words: 'A new volume is attached. What it takes the place of is detached, tagged and kept.',
  },
  {
    value: 'root',
    label: 'The root volume of an instance',
    words: 'The instance keeps its addresses and roles. The old root is kept.',
  },
  {
    value: 'launch',
    label: 'A replacement instance',
    words: 'Another like it is launched. The old one stays, stopped if you say so.',
  },
  {
    value: 'clone',
    label: 'A clone for development',
    words: 'In an isolated security group that reaches nothing, marked, and with an end.',
  },
];

export function WantFields(props: AwsFieldsProps) {
  const { draft, onChange } = props;
  const isWhole = draft.kind === 'launch' || draft.kind === 'clone';
  return (
    <>
      <Radio.Group label="What is brought back" value={draft.kind} onChange={(kind) => onChange({ kind })}>
        <div className={styles['choices']}>
          {kinds.map(({ value, label, words }) => (
            <Radio key={value} value={value} label={label} description={words} />
          ))}
        </div>
      </Radio.Group>
      {isWhole ? (
        <TextInput
          label="Holdfast snapshot"
          description="Of a source in EC2: it says what the instance was, also where nothing of it is left. Empty: from native snapshots alone."
          placeholder="0f3a9c21"
          value={draft.point}
          error={pointFault(draft.point)}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange({ point: event.currentTarget.value })}
        />
      ) : null}
      {isWhole ? <NamedPoint source="" snapshot={draft.point} /> : null}
      <div className={styles['pair']}>
        <TextInput
          label={isWhole ? 'Snapshot of its root' : 'Native snapshot'}
          description={
            isWhole ? (draft.point === '' ? 'Empty: the root of its image.' : 'Empty: all its volumes.') : undefined
          }
          placeholder="snap-0123456789abcdef0"
          value={draft.snapshot}
          error={snapshotFault(draft.snapshot)}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange({ snapshot: event.currentTarget.value })}
        />
        {draft.kind === 'volume' ? (
          <TextInput
            label="Availability zone"
            placeholder="eu-central-1a"
            value={draft.zone}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => onChange({ zone: event.currentTarget.value })}
          />
        ) : (
          <TextInput
            label={isWhole ? 'Like the instance' : 'Instance'}
            description={
              isWhole ? (draft.point === '' ? 'As it is described now.' : 'Of several in the snapshot.') : undefined
            }
            placeholder="i-0123456789abcdef0"
            value={draft.instance}
            error={instanceFault(draft.instance)}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => onChange({ instance: event.currentTarget.value })}
          />
        )}
        <TextInput
          label="Region of the snapshots"
          description={isWhole ? 'From elsewhere they are copied first.' : undefined}
          placeholder="where it is restored"
          value={draft.from}
          error={regionFault(draft.from)}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange({ from: event.currentTarget.value })}
        />
      </div>
      {draft.kind === 'disk' ? <DiskFields {...props} /> : null}
      {isWhole ? <WholeFields {...props} /> : null}
    </>
  );
}

function DiskFields({ draft, onChange }: AwsFieldsProps) {
  return (
    <>
      <TextInput
        label="Device"
        description="Where it is attached. In the machine it may be called otherwise, as /dev/nvme1n1."
        placeholder="/dev/sdf"
        value={draft.device}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange({ device: event.currentTarget.value })}
        maw={420}
      />
      <Checkbox
        label="In place of what is at the device now"
        description="That is detached, tagged and kept."
        checked={draft.swap}
        onChange={(event) => onChange({ swap: event.currentTarget.checked })}
      />
      <Checkbox
        label="Without stopping the instance"
        description="Only where it has been unmounted: what is mounted would break."
        checked={draft.live}
        onChange={(event) => onChange({ live: event.currentTarget.checked })}
      />
    </>
  );
}

function WholeFields({ draft, onChange }: AwsFieldsProps) {
  return (
    <>
      <Textarea
        label="Data volumes"
        description="A device and its snapshot, one a line."
        placeholder="/dev/sdf snap-0123456789abcdef0"
        value={draft.data}
        error={disksOf(draft.data) === null ? 'Each line is a device and a snapshot.' : null}
        autosize
        minRows={2}
        maxRows={8}
        spellCheck={false}
        onChange={(event) => onChange({ data: event.currentTarget.value })}
      />
      {draft.kind === 'clone' ? (
        <TextInput
          label="Ends after, in hours"
          description="It is marked with its end; nothing removes it by itself."
          value={draft.expiresInHours}
          inputMode="numeric"
          onChange={(event) => onChange({ expiresInHours: event.currentTarget.value })}
          maw={320}
        />
      ) : (
        <>
          <Checkbox
            label="Stop the old instance first"
            checked={draft.stopOld}
            onChange={(event) => onChange({ stopOld: event.currentTarget.checked })}
          />
          <Checkbox
            label="Move its Elastic IPs to the new one"
            checked={draft.moveAddresses}
            onChange={(event) => onChange({ moveAddresses: event.currentTarget.checked })}
          />
          <Checkbox
            label="Move its further network interfaces too"
            checked={draft.moveInterfaces}
            onChange={(event) => onChange({ moveInterfaces: event.currentTarget.checked })}
          />
        </>
      )}
    </>
  );
}
