/** What GitHub is asked with: a token, an App, or nothing. */
import { PasswordInput, Radio, Textarea, TextInput } from '@mantine/core';
import { numberFault, privateKeyFault, tokenFault, type CredentialDraft } from './credential-draft.ts';
import styles from './remote.module.css';

type CredentialFieldsProps = {
  readonly draft: CredentialDraft;
  readonly onChange: (draft: CredentialDraft) => void;
  /** What the source that is changed has; null for a new one. */
  readonly kept?: string | null;
};

export function CredentialFields({ draft, onChange, kept = null }: CredentialFieldsProps) {
  return (
    <>
      <Radio.Group label="Credential" value={draft.kind} onChange={(kind) => onChange({ ...draft, kind })}>
        <div className={styles['line']}>
          {kept === null ? null : <Radio value="kept" label={`As it is: ${kept}`} />}
          <Radio value="token" label={kept === null ? 'Token' : 'Another token'} />
          <Radio value="app" label="GitHub App" />
        </div>
      </Radio.Group>
      {draft.kind === 'token' ? (
        <PasswordInput
          label="Token"
          description="A fine-grained token, or a classic one. It goes to the engine’s secret store, and is never shown again."
          placeholder="github_pat_… or ghp_…"
          value={draft.token}
          error={tokenFault(draft.token)}
          autoComplete="off"
          onChange={(event) => onChange({ ...draft, token: event.currentTarget.value })}
          maw={560}
        />
      ) : null}
      {draft.kind === 'app' ? <AppFields draft={draft} onChange={onChange} /> : null}
    </>
  );
}

function AppFields({ draft, onChange }: CredentialFieldsProps) {
  return (
    <>
      <div className={styles['pair']}>
        <TextInput
          label="App id"
          value={draft.app}
          error={numberFault(draft.app)}
          inputMode="numeric"
          onChange={(event) => onChange({ ...draft, app: event.currentTarget.value })}
        />
        <TextInput
          label="Installation id"
          description="The number at the end of the address of its installation."
          value={draft.installation}
          error={numberFault(draft.installation)}
          inputMode="numeric"
          onChange={(event) => onChange({ ...draft, installation: event.currentTarget.value })}
        />
      </div>
      <Textarea
        label="Private key"
        description="The .pem file that GitHub has made for the App. It goes to the engine’s secret store, and is never shown again."
        placeholder="-----BEGIN RSA PRIVATE KEY-----"
        value={draft.privateKey}
        error={privateKeyFault(draft.privateKey)}
        rows={4}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange({ ...draft, privateKey: event.currentTarget.value })}
      />
    </>
  );
}
