/** What runs next by itself, over all sources, and what keeps it from that. */
import { Link } from '@tanstack/react-router';
import { formatCount } from '../../../shared/model/units.ts';
import { useSources } from '../../client/live-store.ts';
import { Panel } from '../../components/page.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { HeldNotices } from './held-notices.tsx';
import { nextDue } from './next-due.ts';
import styles from './overview.module.css';

/** More are counted; the list of sources can be sorted by them. */
const shown = 10;

export function NextDuePanel({ nowMs }: { readonly nowMs: number }) {
  const sources = useSources();
  const due = nextDue(sources);
  return (
    <Panel title="Next due" aside={<Link to="/profiles">Profiles</Link>}>
      <HeldNotices sources={sources} nowMs={nowMs} />
      {due.length === 0 ? (
        <span className={styles['dim']}>Nothing runs by itself: no source has a profile, or all are paused.</span>
      ) : (
        <ol className={styles['due']}>
          {due.slice(0, shown).map(({ key, at, periods }) => (
            <li key={key}>
              <Link to="/sources/$source" params={{ source: key }}>
                {visibleText(key)}
              </Link>
              <span className={styles['dim']}>{periods.map(visibleText).join(' + ')}</span>
              <RelativeTime at={at} />
            </li>
          ))}
        </ol>
      )}
      {due.length > shown ? <div className={styles['dim']}>and {formatCount(due.length - shown)} more</div> : null}
    </Panel>
  );
}
