/** What a source leaves out: suggestions to switch on, and patterns for whatever else. */
import { Checkbox, Textarea, TextInput } from '@mantine/core';
import { excludeSuggestions, largestFault, patternsOf, withPattern, type SourceDraft } from './source-draft.ts';
import styles from './source-form.module.css';

type ExcludesFieldProps = {
  readonly draft: SourceDraft;
  readonly onChange: (change: Partial<SourceDraft>) => void;
  /** Only the suggestions. */
  readonly short?: boolean;
};

export function ExcludesField({ draft, onChange, short = false }: ExcludesFieldProps) {
  const patterns = patternsOf(draft.excludes);
  return (
    <fieldset className={styles['group']}>
      <legend>Leave out</legend>
      <div className={styles['suggestions']}>
        {excludeSuggestions.map(({ pattern, words }) => (
          <Checkbox
            key={pattern}
            checked={patterns.includes(pattern)}
            onChange={(event) =>
              onChange({ excludes: withPattern(draft.excludes, pattern, event.currentTarget.checked) })
            }
            label={
              <>
                <code>{pattern}</code>
                <span className={styles['dim']}>{words}</span>
              </>
            }
          />
        ))}
        <Checkbox
          checked={draft.excludeCaches}
          onChange={(event) => onChange({ excludeCaches: event.currentTarget.checked })}
          label={
            <>
              Marked caches <span className={styles['dim']}>folders with a CACHEDIR.TAG</span>
            </>
          }
        />
      </div>
      {short ? null : (
        <>
          <Textarea
            label="Patterns"
            description="One a line, as in .gitignore: *.iso, /videos/raw/, !keep.iso"
            value={draft.excludes}
            onChange={(event) => onChange({ excludes: event.currentTarget.value })}
            rows={4}
            spellCheck={false}
          />
          <TextInput
            label="Files larger than"
            placeholder="no limit"
            description="500M, 2 GiB; empty for no limit"
            value={draft.largest}
            error={largestFault(draft.largest)}
            onChange={(event) => onChange({ largest: event.currentTarget.value })}
            maw={220}
          />
          <Checkbox
            checked={draft.oneFileSystem}
            onChange={(event) => onChange({ oneFileSystem: event.currentTarget.checked })}
            label="Stay on the file system of each path; what is mounted below is left out"
          />
        </>
      )}
    </fieldset>
  );
}
