/** What every source elsewhere asks for beside its own: LFS, pull refs, where mirrors lie, its name. */
import { Checkbox, TextInput } from '@mantine/core';
import { nameFault } from '../../../components/source-draft.ts';
import { mirrorsFault, type MirrorDraft } from './mirror-draft.ts';

type FieldsProps = { readonly draft: MirrorDraft; readonly onChange: (change: Partial<MirrorDraft>) => void };

export function MirrorChecks({ draft, onChange }: FieldsProps) {
  return (
    <>
      <Checkbox
        label="Large files (Git LFS)"
        description="All objects that any branch or tag names."
        checked={draft.lfs}
        onChange={(event) => onChange({ lfs: event.currentTarget.checked })}
      />
      <Checkbox
        label="Heads of pull requests"
        description="Commits that only a pull request leads to, also of closed ones."
        checked={draft.pullRefs}
        onChange={(event) => onChange({ pullRefs: event.currentTarget.checked })}
      />
    </>
  );
}

export function MirrorsField({ draft, onChange }: FieldsProps) {
  return (
    <TextInput
      label="Folder of the mirrors"
      description="Where bare repositories are fetched into before they are captured; as large as all of them together. Empty: in the home of this console."
      placeholder="mirrors in the home"
      value={draft.mirrors}
      error={mirrorsFault(draft.mirrors)}
      spellCheck={false}
      onChange={(event) => onChange({ mirrors: event.currentTarget.value })}
      maw={560}
    />
  );
}

type NameFieldProps = FieldsProps & {
  /** What it is called unless something is typed. */
  readonly name: string;
  readonly taken: ReadonlySet<string>;
};

export function NameField({ draft, onChange, name, taken }: NameFieldProps) {
  return (
    <TextInput
      label="Name"
      description="Under which its snapshots are found later; letters, digits, spaces and . _ @ + -"
      value={draft.name}
      placeholder={name}
      error={nameFault(name, taken)}
      onChange={(event) => onChange({ name: event.currentTarget.value })}
      maw={360}
    />
  );
}
