/** The commit that is looked at: who, when, what it says; and what can be done with the ref that leads to it. */
import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { GitCommit } from '../../../../shared/contract/git.ts';
import { problemIn, useAnswer } from '../../../client/ask.ts';
import { May } from '../../../client/may.tsx';
import { CopyButton } from '../../../components/copy-button.tsx';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { refKindOf, shortId, shortRef } from '../../../components/git-words.ts';
import { Fact, Facts, Panel } from '../../../components/page.tsx';
import { PathText } from '../../../components/path-text.tsx';
import { DayTime } from '../../../components/relative-time.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { visibleLine } from '../../../components/visible-code.ts';
import { visibleText } from '../../../components/visible-text.ts';
import type { SnapshotOf } from '../snapshot-of.ts';
import type { Go } from './git-page.tsx';
import type { InGit } from './use-unpacked.ts';
import styles from './git.module.css';

type AtPanelProps = {
  readonly snapshot: SnapshotOf;
  readonly inGit: InGit;
  readonly at: string;
  /** The one that was chosen in the list; null: the newest of the ref. */
  readonly commit: GitCommit | null;
  readonly isReady: boolean;
  readonly onGo: Go;
};

export function AtPanel({ snapshot, inGit, at, commit, isReady, onGo }: AtPanelProps) {
  const { repository, path } = inGit;
  const navigate = useNavigate();
  const answer = useAnswer(
    ['git.commits', 'one', repository, inGit.snapshot, path, at],
    (client, signal) =>
      client.git.commits({ repository: { id: repository }, snapshot: inGit.snapshot, path, at, limit: 1 }, { signal }),
    { enabled: isReady },
  );
  const problem = problemIn(answer);
  const shown = commit ?? answer.data?.commits[0] ?? null;
  const isRef = at.startsWith('refs/');
  const kind = refKindOf(at);
  return (
    <Panel title={commit === null ? (isRef ? 'Where it leads to' : 'The commit') : 'The commit that is chosen'}>
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
      {shown === null && problem === null ? <Skeleton lines={5} /> : null}
      {shown === null ? null : <CommitFacts commit={shown} onGo={onGo} />}
      <div className={styles['actions']}>
        {shown === null || commit === null ? null : (
          <Button onClick={() => onGo({ at: shown.id, show: 'files', lost: false, folder: '', file: null })}>
            Look at its files
          </Button>
        )}
        {isRef && (kind === 'branch' || kind === 'tag') ? (
          <May call="git.restore">
            <Button
              onClick={() => {
                const search = { repository, source: snapshot.source, snapshot: snapshot.id, path, ref: at };
                void navigate({ to: '/recovery/git', search });
              }}
            >
              {`Restore ${kind} ${visibleText(shortRef(at))}…`}
            </Button>
          </May>
        ) : null}
      </div>
    </Panel>
  );
}

function CommitFacts({ commit, onGo }: { readonly commit: GitCommit; readonly onGo: Go }) {
  const { id, subject, body, author, committer, parents } = commit;
  const isSame = author.name === committer.name && author.email === committer.email;
  return (
    <>
      <p className={styles['subject']}>{subject === '' ? '(no message)' : visibleText(subject)}</p>
      {body === '' ? null : (
        <pre className={styles['message']} tabIndex={0}>
          {body.split('\n').map(visibleLine).join('\n')}
        </pre>
      )}
      <Facts>
        <Fact name="Id">
          <span className={styles['mono']}>{id}</span> <CopyButton text={id} what="id" />
        </Fact>
        <Fact name="Author">
          <Person person={author} />
        </Fact>
        {isSame && author.at === committer.at ? null : (
          <Fact name="Committer">
            <Person person={committer} />
          </Fact>
        )}
        <Fact name={parents.length === 1 ? 'Parent' : 'Parents'}>
          {parents.length === 0
            ? 'none: a first commit'
            : parents.map((parent) => (
                <div key={parent}>
                  <Button
                    size="compact-xs"
                    variant="subtle"
                    aria-label={`Look at parent ${shortId(parent)}`}
                    onClick={() => onGo({ at: parent, lost: false, folder: '', file: null })}
                  >
                    {shortId(parent)}
                  </Button>
                </div>
              ))}
        </Fact>
      </Facts>
    </>
  );
}

function Person({ person }: { readonly person: GitCommit['author'] }) {
  return (
    <>
      <PathText path={person.name} shorten={false} />
      <div className={styles['dim']}>
        <PathText path={person.email} shorten={false} />
      </div>
      <DayTime at={person.at} />
    </>
  );
}
