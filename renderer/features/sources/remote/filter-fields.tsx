/** Which repositories of an owner, and what of each. */
import { Checkbox, Select, Textarea, TextInput } from '@mantine/core';
import { pushedWithinFault, type GithubDraft } from './github-draft.ts';
import { MirrorChecks } from './mirror-fields.tsx';
import styles from './remote.module.css';

type FieldsProps = { readonly draft: GithubDraft; readonly onChange: (change: Partial<GithubDraft>) => void };

const visibilities = [
  { value: 'all', label: 'any' },
  { value: 'public', label: 'public' },
  { value: 'private', label: 'private and internal' },
] as const;

export function FilterFields({ draft, onChange }: FieldsProps) {
  return (
    <>
      <div className={styles['pair']}>
        <Names
          label="Names"
          placeholder="all"
          description="With * and ?; lines or commas."
          value={draft.include}
          onChange={(include) => onChange({ include })}
        />
        <Names
          label="But not"
          placeholder="none"
          description="Left out, whatever the rest says."
          value={draft.exclude}
          onChange={(exclude) => onChange({ exclude })}
        />
        <Names
          label="Topics"
          placeholder="any"
          description="One of them is enough."
          value={draft.topics}
          onChange={(topics) => onChange({ topics })}
        />
      </div>
      <div className={styles['pair']}>
        <Select
          label="Visibility"
          data={[...visibilities]}
          value={draft.visibility}
          allowDeselect={false}
          onChange={(value) =>
            onChange({ visibility: visibilities.find((one) => one.value === value)?.value ?? 'all' })
          }
        />
        <TextInput
          label="Pushed to within"
          placeholder="whenever"
          rightSection="days"
          rightSectionWidth={46}
          inputMode="numeric"
          value={draft.pushedWithin}
          error={pushedWithinFault(draft.pushedWithin)}
          onChange={(event) => onChange({ pushedWithin: event.currentTarget.value })}
        />
        <div className={styles['group']}>
          <Checkbox
            label="Forks too"
            checked={draft.forks}
            onChange={(event) => onChange({ forks: event.currentTarget.checked })}
          />
          <Checkbox
            label="Archived ones too"
            checked={draft.archived}
            onChange={(event) => onChange({ archived: event.currentTarget.checked })}
          />
        </div>
      </div>
    </>
  );
}

type NamesProps = {
  readonly label: string;
  readonly placeholder: string;
  readonly description: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
};

function Names({ label, placeholder, description, value, onChange }: NamesProps) {
  return (
    <Textarea
      label={label}
      description={description}
      placeholder={placeholder}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      autosize
      minRows={1}
      maxRows={6}
      spellCheck={false}
    />
  );
}

export function PartFields({ draft, onChange }: FieldsProps) {
  return (
    <fieldset className={styles['group']}>
      <legend>What of each repository</legend>
      <p className={styles['dim']}>Branches, tags and notes with all their history, and its settings, always. And:</p>
      <div className={styles['checks']}>
        <Checkbox
          label="Wiki"
          checked={draft.wiki}
          onChange={(event) => onChange({ wiki: event.currentTarget.checked })}
        />
        <Checkbox
          label="Issues and pull requests"
          description="With comments, reviews, labels and milestones, as JSON."
          checked={draft.issues}
          onChange={(event) => onChange({ issues: event.currentTarget.checked })}
        />
        <Checkbox
          label="Releases"
          description="With their files."
          checked={draft.releases}
          onChange={(event) => onChange({ releases: event.currentTarget.checked })}
        />
        <MirrorChecks draft={draft} onChange={onChange} />
      </div>
    </fieldset>
  );
}
