/** The fields of a source of Git addresses, for a new one and for one that is changed. */
import { PasswordInput, Radio, TextInput } from '@mantine/core';
import { visibleText } from '../../../components/visible-text.ts';
import { AddressesField } from './addresses-field.tsx';
import { tokenFault, type CredentialDraft } from './credential-draft.ts';
import { tokenHosts, type GitDraft } from './git-draft.ts';
import { MirrorChecks } from './mirror-fields.tsx';
import styles from './remote.module.css';

type GitFieldsProps = {
  readonly draft: GitDraft;
  readonly onChange: (change: Partial<GitDraft>) => void;
  readonly credential: CredentialDraft;
  readonly onCredential: (credential: CredentialDraft) => void;
  /** Of a source that is there: its token may stay. */
  readonly isThere?: boolean;
};

export function GitFields({ draft, onChange, credential, onCredential, isThere = false }: GitFieldsProps) {
  const hosts = tokenHosts(draft.urls);
  return (
    <>
      <AddressesField urls={draft.urls} onChange={(urls) => onChange({ urls })} />
      <Radio.Group label="Token" value={credential.kind} onChange={(kind) => onCredential({ ...credential, kind })}>
        <div className={styles['group']}>
          {isThere ? (
            <Radio value="kept" label="As it is" description="The one that is kept, or none where there is none." />
          ) : (
            <Radio
              value="none"
              label="None"
              description="For repositories that everybody may read, and for ssh, which uses the keys of this account."
            />
          )}
          <Radio value="token" label={isThere ? 'Another one' : 'A token or password'} />
        </div>
      </Radio.Group>
      {credential.kind === 'token' ? (
        <div className={styles['pair']}>
          <TextInput
            label="User"
            description="The name that goes with it; most servers take any."
            placeholder="any"
            value={draft.user}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => onChange({ user: event.currentTarget.value })}
          />
          <PasswordInput
            label="Token"
            description={
              hosts.length === 0
                ? 'Sent to the hosts of the addresses alone.'
                : `Sent to ${hosts.map(visibleText).join(', ')} alone.`
            }
            value={credential.token}
            error={tokenFault(credential.token)}
            autoComplete="off"
            onChange={(event) => onCredential({ ...credential, token: event.currentTarget.value })}
          />
        </div>
      ) : null}
      <fieldset className={styles['group']}>
        <legend>What of each repository</legend>
        <p className={styles['dim']}>Branches, tags and notes with all their history, always. And:</p>
        <div className={styles['checks']}>
          <MirrorChecks draft={draft} onChange={onChange} />
        </div>
      </fieldset>
    </>
  );
}
