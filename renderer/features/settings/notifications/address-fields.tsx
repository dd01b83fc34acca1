/** The address of a webhook or health check, and the headers that go with it: all of it secret. */
import { Button, TextInput } from '@mantine/core';
import styles from '../settings.module.css';
import { isElsewhere, type HeaderDraft } from './route-draft.ts';
import type { FieldsProps } from './route-form.tsx';
import { SecretField } from './secret-field.tsx';

export function AddressField({ draft, before, faults, onChange, onLeave }: FieldsProps) {
  const kept = before?.origin ?? null;
  return (
    <SecretField
      label="Address"
      description={
        kept === null
          ? 'It often holds a secret, so it is not shown again.'
          : `It leads to ${kept}; the rest of it is not shown.`
      }
      kept={kept !== null}
      value={draft.url}
      error={faults.url}
      onChange={(url) => onChange({ url })}
      onLeave={() => onLeave('url')}
    />
  );
}

const most = 20;

export function HeaderFields({ draft, before, faults, onChange }: FieldsProps) {
  const { headers } = draft;
  const kept = isElsewhere(draft, before) ? [] : (before?.headerNames ?? []);
  const set = (next: readonly HeaderDraft[] | null) => onChange({ headers: next });
  if (headers === null) {
    return (
      <div className={styles['labelled']}>
        <span>Secret headers</span>
        <div className={styles['inline']}>
          <span className={styles['aside']}>{kept.length === 0 ? 'none' : `${kept.join(', ')} (kept)`}</span>
          <Button size="compact-xs" onClick={() => set([{ name: '', value: '' }])}>
            {kept.length === 0 ? 'Add a header' : 'Replace them'}
          </Button>
        </div>
      </div>
    );
  }
  return (
    <fieldset className={styles['headers']}>
      <legend>Secret headers{kept.length === 0 ? '' : ': these take the place of all that are kept'}</legend>
      {headers.map(({ name, value }, index) => (
        // Fields of a list have their place in it, and nothing else.
        <div key={index} className={styles['header']}>
          <TextInput
            aria-label={`Name of header ${index + 1}`}
            placeholder="X-Token"
            value={name}
            onChange={({ currentTarget }) => set(headers.with(index, { name: currentTarget.value, value }))}
            autoComplete="off"
            spellCheck={false}
          />
          <TextInput
            aria-label={`Value of header ${index + 1}`}
            type="password"
            value={value}
            onChange={({ currentTarget }) => set(headers.with(index, { name, value: currentTarget.value }))}
            autoComplete="off"
          />
          <Button aria-label={`Take header ${index + 1} away`} onClick={() => set(headers.toSpliced(index, 1))}>
            ×
          </Button>
        </div>
      ))}
      {faults.headers === undefined ? null : <div className={styles['fault']}>{faults.headers}</div>}
      <div className={styles['inline']}>
        <Button
          size="compact-xs"
          disabled={headers.length >= most}
          onClick={() => set([...headers, { name: '', value: '' }])}
        >
          Another header
        </Button>
        <Button size="compact-xs" onClick={() => set(null)}>
          {kept.length === 0 ? 'None' : 'Keep those that are kept'}
        </Button>
      </div>
    </fieldset>
  );
}
