/** What is known of a source, as numbers. */
import { NewestGood } from '../../components/source-name.tsx';
import { Link } from '@tanstack/react-router';
import type { Job } from '../../../shared/contract/jobs.ts';
import type { SourceState } from '../../../shared/contract/live.ts';
import { useLive } from '../../client/live-store.ts';
import { useSourceCopies } from '../../client/sites.ts';
import { Bytes, Count } from '../../components/numbers.tsx';
import { Fact, Facts, Panel } from '../../components/page.tsx';
import { PathText } from '../../components/path-text.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { copiesAtSites } from '../../components/site-copies.ts';
import { StatusBadge } from '../../components/status-badge.tsx';
import { sayJobState } from '../../components/tone.ts';
import { visibleText } from '../../components/visible-text.ts';
import styles from './sources.module.css';

export function FactsPanel({ source }: { readonly source: SourceState }) {
  const { newestGood, newest, snapshots, oldestAt, files, bytes, lastRun } = source;
  const repository = useLive((live) => (newest === null ? undefined : live.repositories.get(newest.repository)));
  const known = useSourceCopies();
  const said = known === undefined ? null : copiesAtSites(source.name, known.sites, known.copies);
  return (
    <Panel title="Now">
      <Facts>
        <Fact name="Newest good">
          <NewestGood source={source} />
        </Fact>
        {newest === null || newest.snapshot === newestGood?.snapshot ? null : (
          <Fact name="Newest">
            <RelativeTime at={newest.takenAt} />, {newest.status}
          </Fact>
        )}
        <Fact name="Snapshots">
          <Count value={snapshots} />
          {oldestAt === null || snapshots < 2 ? null : (
            <>
              , oldest <RelativeTime at={oldestAt} />
            </>
          )}
        </Fact>
        <Fact name="Files">
          <Count value={files} />
        </Fact>
        <Fact name="Size">
          <Bytes value={bytes} />
        </Fact>
        {known === undefined || known.sites.length === 0 ? null : (
          <Fact name="Copies at sites">
            {said === null ? (
              <span className={styles['dim']}>none: no rule sends it anywhere</span>
            ) : (
              <>
                <StatusBadge tone={said.tone}>{said.words}</StatusBadge>
                <div className={styles['dim']}>{visibleText(said.detail)}</div>
              </>
            )}
          </Fact>
        )}
        {repository === undefined ? null : (
          <Fact name="Repository">
            <PathText path={repository.name} shorten={false} />
          </Fact>
        )}
        <Fact name="Recovery time">
          {source.drill === null || source.drill === undefined ? (
            <Link to="/recovery/drills">unknown: never drilled</Link>
          ) : (
            <Link to="/recovery/drills/$drill" params={{ drill: source.drill.id }}>
              {source.drill.rto?.words ?? `unknown: its drill ${source.drill.state}`}
            </Link>
          )}
        </Fact>
        <Fact name="Last run">
          {lastRun === null ? (
            <span className={styles['dim']}>none known</span>
          ) : (
            <>
              <Link to="/activity/$job" params={{ job: lastRun.job }}>
                {sayJobState(lastRun.state as Job['state']).words}
              </Link>{' '}
              <RelativeTime at={lastRun.endedAt} />
              {lastRun.summary === null ? null : <div className={styles['dim']}>{visibleText(lastRun.summary)}</div>}
            </>
          )}
        </Fact>
      </Facts>
    </Panel>
  );
}
