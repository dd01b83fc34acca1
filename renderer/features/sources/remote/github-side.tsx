/** Beside the form: what the credential is, how much a run would capture, and what none does. */
import { Bytes, Count } from '../../../components/numbers.tsx';
import { Panel } from '../../../components/page.tsx';
import type { GithubDraft } from './github-draft.ts';
import { CredentialFacts, NotCaptured } from './credential-facts.tsx';
import { NoSecretStore, RightsNote } from './rights-note.tsx';
import type { Preview } from './use-preview.ts';
import styles from './remote.module.css';

export function GithubSide({ draft, preview }: { readonly draft: GithubDraft; readonly preview: Preview }) {
  const { found, counts } = preview;
  const needsStore = draft.credential.kind === 'token' || draft.credential.kind === 'app';
  return (
    <>
      <Panel title="The credential">
        {found === null ? (
          <div className={styles['side']}>
            <p className={styles['dim']}>The test says whose it is, when it ends, and what it does not show.</p>
            <RightsNote github />
          </div>
        ) : (
          <CredentialFacts found={found} />
        )}
        {needsStore ? <NoSecretStore /> : null}
      </Panel>
      {found === null || counts === null ? null : (
        <Panel title="A run would capture">
          <div className={styles['side']}>
            <div>
              <div className={styles['amount']}>
                about <Bytes value={counts.bytes} />
              </div>
              <p className={styles['dim']}>
                of Git, as GitHub states it for the <Count value={counts.selected} />{' '}
                {counts.selected === 1 ? 'repository' : 'repositories'} selected.{' '}
                {draft.lfs
                  ? 'Git LFS and files of releases come on top; nobody says how much before a run.'
                  : 'Without Git LFS.'}
              </p>
            </div>
            <p className={styles['dim']}>
              <Count value={counts.private} /> private, <Count value={counts.forks} /> forks,{' '}
              <Count value={counts.archived} /> archived among them.
            </p>
            <NotCaptured found={found} />
            <RightsNote github />
          </div>
        </Panel>
      )}
    </>
  );
}
