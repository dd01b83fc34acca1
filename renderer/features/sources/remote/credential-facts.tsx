/** What GitHub says of the credential: whose it is, what it may, when it ends, and what it does not show. */
import { useCallback } from 'react';
import type { GithubPreview } from '../../../../shared/contract/sources.ts';
import { Notice } from '../../../components/error-notice.tsx';
import { Fact, Facts } from '../../../components/page.tsx';
import { DayTime } from '../../../components/relative-time.tsx';
import { useTicking } from '../../../components/ticker.ts';
import { visibleText } from '../../../components/visible-text.ts';
import { expiryOf, sayCredentialKind, writingScopes } from './preview-model.ts';
import styles from './remote.module.css';

export function CredentialFacts({ found }: { readonly found: GithubPreview }) {
  const { owner, credential, mayNotSee } = found;
  const { kind, scopes, expiresAt } = credential;
  const writing = kind === 'token' ? writingScopes(scopes) : [];
  return (
    <div className={styles['side']}>
      <Facts>
        <Fact name="Owner">
          {visibleText(owner.login)}, {owner.kind === 'organization' ? 'an organisation' : 'a user'}
        </Fact>
        <Fact name="Credential">{sayCredentialKind(kind)}</Fact>
        {kind === 'token' ? (
          <Fact name="Scopes">{scopes.length === 0 ? 'none' : scopes.map(visibleText).join(', ')}</Fact>
        ) : null}
        {kind === 'token' || kind === 'fineGrained' ? (
          <Fact name="Expires">{expiresAt === null ? 'never, or it does not say' : <DayTime at={expiresAt} />}</Fact>
        ) : null}
      </Facts>
      <Expiry expiresAt={expiresAt} />
      {writing.length === 0 ? null : (
        <Notice tone="none" title="It may do more than read">
          {writing.map(visibleText).join(', ')}: a run does not use that. With a fine-grained token whoever steals it
          can read, and no more.
        </Notice>
      )}
      {mayNotSee.length === 0 ? (
        <p className={styles['dim']}>Nothing that a run asks for was refused to it.</p>
      ) : (
        <Notice tone="part" title="It may not see">
          <ul className={styles['bullets']}>
            {mayNotSee.map((sentence) => (
              <li key={sentence}>{visibleText(sentence)}</li>
            ))}
          </ul>
        </Notice>
      )}
    </div>
  );
}

/** Apps renew their tokens by themselves, and have no date. */
function Expiry({ expiresAt }: { readonly expiresAt: string | null }) {
  const expiry = useTicking(useCallback((nowMs: number) => expiryOf(expiresAt, nowMs), [expiresAt]));
  if (expiresAt === null || expiry === 'none' || expiry === 'later') return null;
  return (
    <Notice
      tone={expiry === 'expired' ? 'fail' : 'part'}
      title={expiry === 'expired' ? 'It has expired' : 'It expires soon'}
    >
      {expiry === 'expired' ? 'Runs would be refused.' : 'Runs after that would be refused.'} An alert is raised before
      the token of a source expires; it is replaced where the source is edited.
    </Notice>
  );
}

export function NotCaptured({ found }: { readonly found: GithubPreview }) {
  if (found.notCaptured.length === 0) return null;
  return (
    <>
      <h3>Not captured</h3>
      <ul className={styles['bullets']}>
        {found.notCaptured.map((sentence) => (
          <li key={sentence}>{visibleText(sentence)}</li>
        ))}
      </ul>
    </>
  );
}
