/** The fields of a profile, with what is wrong beside them. */
import { Select, TextInput, Textarea } from '@mantine/core';
import { formatDuration } from '../../../shared/model/units.ts';
import { useRepositories } from '../../client/live-store.ts';
import { visibleText } from '../../components/visible-text.ts';
import { BlackoutList } from './blackout-list.tsx';
import type { Faults, ProfileDraft } from './draft.ts';
import { KeepField } from './keep-field.tsx';
import { PeriodList } from './period-list.tsx';
import styles from './profiles.module.css';
import { ZoneField } from './zone-field.tsx';

export type ChangeDraft = (change: (before: ProfileDraft) => ProfileDraft) => void;

type EditorFormProps = {
  readonly draft: ProfileDraft;
  readonly faults: Faults;
  readonly machineZone: string;
  /** Undefined: not known yet; null: no period comes again. */
  readonly impliedRpoMs: number | null | undefined;
  readonly disabled: boolean;
  readonly onChange: ChangeDraft;
};

export function EditorForm({ draft, faults, machineZone, impliedRpoMs, disabled, onChange }: EditorFormProps) {
  const change = (part: Partial<ProfileDraft>) => onChange((before) => ({ ...before, ...part }));
  return (
    <fieldset className={styles['form']} disabled={disabled}>
      <legend className="visually-hidden">The profile</legend>
      <div className={styles['fields']}>
        <TextInput
          label="Name"
          value={draft.name}
          error={draft.name === '' ? undefined : faults.get('name')}
          onChange={(event) => change({ name: event.currentTarget.value })}
          spellCheck={false}
          w={200}
        />
        <ZoneField
          zone={draft.zone}
          machineZone={machineZone}
          fault={faults.get('zone')}
          onChange={(zone) => change({ zone })}
        />
      </div>
      <Textarea
        label="Description"
        description="For whoever finds it later; may be empty"
        value={draft.description}
        error={faults.get('description')}
        onChange={(event) => change({ description: event.currentTarget.value })}
        rows={2}
      />
      <PeriodList
        periods={draft.periods}
        faults={faults}
        zone={draft.zone ?? machineZone}
        onChange={(next) => onChange((before) => ({ ...before, periods: next(before.periods) }))}
      />
      <div className={styles['fields']}>
        <TextInput
          label="RPO"
          title="How old the newest good snapshot of its sources may be"
          placeholder={rpoHint(impliedRpoMs)}
          value={draft.rpo}
          error={faults.get('rpo')}
          onChange={(event) => change({ rpo: event.currentTarget.value })}
          spellCheck={false}
          w={200}
        />
        <KeepField
          label="Taken by hand, kept for"
          value={draft.manual}
          fault={faults.get('manual')}
          onChange={(manual) => change({ manual })}
        />
        <RepositoryField repository={draft.repository} onChange={(repository) => change({ repository })} />
      </div>
      <BlackoutList blackouts={draft.blackouts} faults={faults} onChange={(blackouts) => change({ blackouts })} />
    </fieldset>
  );
}

function rpoHint(impliedRpoMs: number | null | undefined): string {
  if (impliedRpoMs === undefined) return 'as its periods imply';
  return impliedRpoMs === null ? 'none: no period comes again' : `${formatDuration(impliedRpoMs)}, from its periods`;
}

type RepositoryFieldProps = {
  readonly repository: string | null;
  readonly onChange: (repository: string | null) => void;
};

/** No id of a connection. */
const primary = '';

function RepositoryField({ repository, onChange }: RepositoryFieldProps) {
  const repositories = useRepositories();
  const main = repositories.find((one) => one.primary);
  const isGone = repository !== null && !repositories.some(({ id }) => id === repository);
  return (
    <Select
      label="Repository"
      data={[
        {
          value: primary,
          label: main === undefined ? 'The primary one' : `The primary one (${visibleText(main.name)})`,
        },
        ...repositories.map(({ id, name }) => ({ value: id, label: visibleText(name) })),
        ...(isGone ? [{ value: repository, label: 'one that is not connected any more' }] : []),
      ]}
      value={repository ?? primary}
      allowDeselect={false}
      onChange={(value) => value !== null && onChange(value === primary ? null : value)}
      w={220}
    />
  );
}
