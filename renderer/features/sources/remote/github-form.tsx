/** The fields of a source of GitHub, for a new one and for one that is changed, with what they would select. */
import { Button, TextInput } from '@mantine/core';
import { usualGithubApi } from '../../../../shared/model/source-kinds.ts';
import { useIsLive } from '../../../client/live-store.ts';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { Panel } from '../../../components/page.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { CredentialFields } from './credential-fields.tsx';
import { FilterFields } from './filter-fields.tsx';
import { apiFault, isAskable, ownerFault, type GithubDraft } from './github-draft.ts';
import { PreviewTable } from './preview-table.tsx';
import type { Preview } from './use-preview.ts';
import styles from './remote.module.css';

export type GithubFormProps = {
  readonly draft: GithubDraft;
  readonly onChange: (change: Partial<GithubDraft>) => void;
  readonly preview: Preview;
  /** What the source that is changed is reached with. */
  readonly kept?: string | null;
};

export function WhosePanel({ draft, onChange, preview, kept = null }: GithubFormProps) {
  const live = useIsLive();
  return (
    <Panel title="Whose repositories">
      <form
        className={styles['fields']}
        onSubmit={(event) => {
          event.preventDefault();
          if (isAskable(draft) && live && !preview.asking) preview.ask();
        }}
      >
        <div className={styles['pair']}>
          <TextInput
            label="Owner"
            description="The login of an organisation or a user."
            placeholder="acme"
            value={draft.owner}
            error={ownerFault(draft.owner)}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => onChange({ owner: event.currentTarget.value })}
          />
          <TextInput
            label="Address of the API"
            description="Empty: github.com. Enterprise: https://<host>/api/v3"
            placeholder={usualGithubApi}
            value={draft.api}
            error={apiFault(draft.api)}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => onChange({ api: event.currentTarget.value })}
          />
        </div>
        <CredentialFields draft={draft.credential} onChange={(credential) => onChange({ credential })} kept={kept} />
        <div className={styles['line']}>
          <Button
            type="submit"
            variant={preview.found === null ? 'filled' : 'default'}
            disabled={!isAskable(draft) || !live}
            loading={preview.asking}
          >
            {preview.found === null ? 'Test' : 'Test again'}
          </Button>
          <span className={styles['dim']}>
            {preview.asking
              ? 'Asking GitHub what the credential may see, and listing the repositories…'
              : 'Asks what the credential may see, and lists the repositories. Nothing is saved or changed.'}
          </span>
        </div>
        {preview.problem === null ? null : <ErrorNotice problem={preview.problem} />}
      </form>
    </Panel>
  );
}

export function WhichPanel({ draft, onChange, preview }: GithubFormProps) {
  return (
    <Panel title="Which of them">
      <div className={styles['fields']}>
        <p className={styles['dim']}>
          New repositories that the filters let through are picked up by the next run on their own. One that is gone
          from the list stays in the snapshots, and is never taken as deleted.
        </p>
        <FilterFields draft={draft} onChange={onChange} />
        {preview.asking && preview.found === null ? <Skeleton lines={6} /> : null}
        {preview.found === null && !preview.asking ? (
          <p className={styles['dim']}>
            After the test, the repositories are listed here, and which of them are selected.
          </p>
        ) : null}
        <PreviewTable preview={preview} />
      </div>
    </Panel>
  );
}
