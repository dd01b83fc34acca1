/** What goes to a bucket, and what of it is brought back out of an archive. */
import { Checkbox, Radio, Select, TextInput } from '@mantine/core';
import { thawTiers } from '../../../../shared/model/s3-archive.ts';
import { useSources } from '../../../client/live-store.ts';
import { manyChoices } from '../../../components/many-choices.ts';
import { visibleText } from '../../../components/visible-text.ts';
import { PointField } from '../points/point-field.tsx';
import styles from '../aws/aws.module.css';
import { daysFault, targetFault, type BucketRestoreDraft } from './bucket-draft.ts';

type Props = {
  readonly draft: BucketRestoreDraft;
  readonly onChange: (change: Partial<BucketRestoreDraft>) => void;
};

const plain = { spellCheck: false, autoComplete: 'off' } as const;

export function BucketWhatFields({ draft, onChange }: Props) {
  return (
    <>
      <Checkbox
        label="Give objects of a snapshot back"
        description="With their keys, metadata, tags and classes."
        checked={draft.gives}
        onChange={(event) => onChange({ gives: event.currentTarget.checked })}
      />
      {draft.gives ? <FromFields draft={draft} onChange={onChange} /> : null}
      <div className={styles['pair']}>
        <TextInput
          {...plain}
          label="To bucket"
          value={draft.bucket}
          error={targetFault(draft.bucket)}
          onChange={(event) => onChange({ bucket: event.currentTarget.value })}
        />
        <TextInput
          {...plain}
          label={draft.gives ? 'Put before each key' : 'Keys that begin with'}
          placeholder={draft.gives ? 'nothing' : 'all'}
          value={draft.prefix}
          onChange={(event) => onChange({ prefix: event.currentTarget.value })}
        />
      </div>
      {draft.gives ? <HowFields draft={draft} onChange={onChange} /> : null}
      <Checkbox
        label="Bring back what is archived there"
        description="Glacier, Deep Archive and archive tiers of Intelligent-Tiering cannot be read as they are. S3 takes minutes to days; the plan says how long, and what is paid for."
        checked={draft.thaws}
        onChange={(event) => onChange({ thaws: event.currentTarget.checked })}
      />
      {draft.thaws ? <ThawFields draft={draft} onChange={onChange} /> : null}
    </>
  );
}

function FromFields({ draft, onChange }: Props) {
  const sources = useSources().filter(({ kind }) => kind === 's3-bucket');
  return (
    <>
      <div className={styles['pair']}>
        <Select
          {...manyChoices}
          label="Source"
          placeholder="a bucket that is protected"
          data={sources.map(({ name }) => ({ value: name, label: visibleText(name) }))}
          value={draft.source === '' ? null : draft.source}
          onChange={(source) => onChange({ source: source ?? '', point: '', place: null })}
        />
        <TextInput
          {...plain}
          label="Keys that begin with"
          placeholder="all"
          value={draft.keys}
          onChange={(event) => onChange({ keys: event.currentTarget.value })}
        />
      </div>
      {draft.source === '' ? null : (
        <PointField
          key={draft.source}
          source={draft.source}
          hostname={null}
          description="A snapshot: the keys as they were then."
          wanted={draft.point}
          place={draft.place}
          onPoint={(point) => onChange({ point })}
          onPlace={(place, point) => onChange({ place, point })}
        />
      )}
    </>
  );
}

function HowFields({ draft, onChange }: Props) {
  return (
    <div className={`${styles['pair']} ${styles['tops']}`}>
      <Radio.Group label="Objects in the way" value={draft.overwrite} onChange={(overwrite) => onChange({ overwrite })}>
        <div className={styles['choices']}>
          <Radio value="never" label="stay, and are named" />
          <Radio value="if-changed" label="are replaced where they differ" />
          <Radio value="always" label="are replaced" />
        </div>
      </Radio.Group>
      <Radio.Group label="Versions" value={draft.versions} onChange={(versions) => onChange({ versions })}>
        <div className={styles['choices']}>
          <Radio value="newest" label="what each key was at the time" />
          <Radio value="all" label="all, and markers, in their order" description="To a bucket that keeps versions." />
        </div>
      </Radio.Group>
    </div>
  );
}

function ThawFields({ draft, onChange }: Props) {
  return (
    <div className={styles['pair']}>
      <Select
        label="How fast"
        data={[...thawTiers]}
        value={draft.tier}
        allowDeselect={false}
        onChange={(tier) => onChange({ tier: tier ?? 'Standard' })}
      />
      <TextInput
        {...plain}
        label="Can be read for days"
        value={draft.days}
        error={daysFault(draft.days)}
        inputMode="numeric"
        onChange={(event) => onChange({ days: event.currentTarget.value })}
      />
    </div>
  );
}
