/** What in EC2 a source is of: an instance, a volume, or whatever carries a tag at the time. */
import { Checkbox, Radio, TextInput } from '@mantine/core';
import styles from '../remote/remote.module.css';
import { ResourcePicker } from '../aws/resource-picker.tsx';
import { excludesFault, instanceFault, volumeFault, type Ec2Draft } from './ec2-draft.ts';

export type Ec2FieldsProps = { readonly draft: Ec2Draft; readonly onChange: (change: Partial<Ec2Draft>) => void };

export function TargetFields(props: Ec2FieldsProps) {
  const { draft, onChange } = props;
  return (
    <>
      <Radio.Group label="What it is of" value={draft.of} onChange={(of) => onChange({ of })}>
        <div className={styles['group']}>
          <Radio value="instance" label="An instance" description="All its volumes, at one point in time." />
          <Radio value="volume" label="A volume" description="Attached or not." />
          <Radio
            value="tag"
            label="A tag"
            description="Whatever instances and volumes carry it at the time: new ones are followed on their own."
          />
        </div>
      </Radio.Group>
      {draft.of === 'instance' ? <InstanceFields {...props} /> : null}
      {draft.of === 'volume' ? <VolumeFields {...props} /> : null}
      {draft.of === 'tag' ? <TagFields {...props} /> : null}
    </>
  );
}

function InstanceFields({ draft, onChange }: Ec2FieldsProps) {
  return (
    <>
      <ResourcePicker
        key="instance"
        place={draft}
        kinds={['instance']}
        chosen={draft.instance.trim()}
        onChoose={({ id, name }) => onChange({ instance: id, ...suggested(draft, name) })}
      />
      <div className={styles['pair']}>
        <TextInput
          label="Instance"
          placeholder="i-0123456789abcdef0"
          value={draft.instance}
          error={instanceFault(draft.instance)}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange({ instance: event.currentTarget.value })}
        />
        <TextInput
          label="Volumes to leave out"
          description="Ids, parted by spaces."
          placeholder="none"
          value={draft.excludes}
          error={excludesFault(draft.excludes)}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange({ excludes: event.currentTarget.value })}
        />
      </div>
      <Checkbox
        label="Without the volume that it boots from"
        checked={draft.withoutRoot}
        onChange={(event) => onChange({ withoutRoot: event.currentTarget.checked })}
      />
    </>
  );
}

function VolumeFields({ draft, onChange }: Ec2FieldsProps) {
  return (
    <>
      <ResourcePicker
        key="volume"
        place={draft}
        kinds={['volume']}
        chosen={draft.volume.trim()}
        onChoose={({ id, name }) => onChange({ volume: id, ...suggested(draft, name) })}
      />
      <TextInput
        label="Volume"
        placeholder="vol-0123456789abcdef0"
        value={draft.volume}
        error={volumeFault(draft.volume)}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange({ volume: event.currentTarget.value })}
        maw={360}
      />
    </>
  );
}

function TagFields({ draft, onChange }: Ec2FieldsProps) {
  return (
    <div className={styles['pair']}>
      <TextInput
        label="Key of the tag"
        placeholder="backup"
        value={draft.tagKey}
        maxLength={128}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange({ tagKey: event.currentTarget.value })}
      />
      <TextInput
        label="Its value"
        description="Empty: any."
        placeholder="any"
        value={draft.tagValue}
        maxLength={256}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange({ tagValue: event.currentTarget.value })}
      />
    </div>
  );
}

/** What it is called in AWS is as good a name here, unless another was typed. */
function suggested(draft: Ec2Draft, name: string | null): Partial<Ec2Draft> {
  const plain = (name ?? '').replaceAll(/[^\p{L}\p{N} ._@+-]+/gu, '-').replace(/^[^\p{L}\p{N}]+/u, '');
  return draft.name.trim() !== '' || plain === '' ? {} : { name: plain.slice(0, 80) };
}
