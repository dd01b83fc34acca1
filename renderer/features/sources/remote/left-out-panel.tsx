/** What of a source elsewhere is not in its snapshots: what its credential was not shown, and what no run captures. */
import type { SourceState } from '../../../../shared/contract/live.ts';
import { useAnswer } from '../../../client/ask.ts';
import { Notice } from '../../../components/error-notice.tsx';
import { Panel } from '../../../components/page.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import { useNewestSnapshot, type NewestSnapshot } from './use-newest-snapshot.ts';
import styles from './remote.module.css';

export function LeftOutPanel({ source }: { readonly source: SourceState }) {
  const newest = useNewestSnapshot(source);
  return newest === null ? null : <LeftOut newest={newest} noLfs={isWithoutLfs(source)} />;
}

function LeftOut({ newest, noLfs }: { readonly newest: NewestSnapshot; readonly noLfs: boolean }) {
  const { repository, snapshot } = newest;
  const { data } = useAnswer(
    ['git.repositories', repository, snapshot, 'left out'],
    (client, signal) => client.git.repositories({ repository: { id: repository }, snapshot, limit: 1 }, { signal }),
    { staleTimeMs: Infinity, keepPrevious: true },
  );
  const { mayNotSee = [], notCaptured = [] } = data ?? {};
  const leftOut = [...(noLfs ? ['Objects of Git LFS: switched off for this source'] : []), ...notCaptured];
  if (mayNotSee.length + leftOut.length === 0) return null;
  return (
    <Panel title="Not in its snapshots">
      <div className={styles['side']}>
        {mayNotSee.length === 0 ? null : (
          <Notice tone="part" title="The credential may not see">
            <Sentences of={mayNotSee} />
          </Notice>
        )}
        <Sentences of={leftOut} />
      </div>
    </Panel>
  );
}

function Sentences({ of }: { readonly of: readonly string[] }) {
  return (
    <ul className={styles['bullets']}>
      {of.map((sentence) => (
        <li key={sentence}>{visibleText(sentence)}</li>
      ))}
    </ul>
  );
}

function isWithoutLfs({ registered }: SourceState): boolean {
  return registered !== null && 'lfs' in registered && !registered.lfs;
}
