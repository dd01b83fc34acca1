/** Where one can go; the numbers say how much is there. */
import { Link } from '@tanstack/react-router';
import { formatCount } from '../../shared/model/units.ts';
import { useHasState, useLive, useRunningJobs } from '../client/live-store.ts';
import styles from './shell.module.css';
import { useNeeding } from './use-needing.ts';

export function Rail({ onHelp }: { readonly onHelp: () => void }) {
  const known = useHasState();
  const sources = useLive((live) => live.sources.size);
  const snapshots = useLive((live) => live.sources.values().reduce((sum, { snapshots: count }) => sum + count, 0));
  const running = useRunningJobs().length;
  const alerts = useNeeding().length;
  const version = useLive((live) => live.engine?.version);
  return (
    <nav className={styles['rail']} aria-label="Areas">
      <ul>
        <li>
          <Link to="/" activeOptions={{ exact: true }}>
            Overview
          </Link>
        </li>
        <li>
          <Link to="/sources" activeOptions={{ includeSearch: false }}>
            Sources <Amount count={sources} shown={known} of="sources" />
          </Link>
        </li>
        <li>
          <Link to="/snapshots" activeOptions={{ includeSearch: false }}>
            Snapshots <Amount count={snapshots} shown={known} of="snapshots" />
          </Link>
        </li>
        <li>
          <Link to="/profiles" activeOptions={{ includeSearch: false }}>
            Profiles
          </Link>
        </li>
        <li>
          <Link to="/recovery">Recovery</Link>
        </li>
        <li>
          <Link to="/sites">Sites</Link>
        </li>
      </ul>
      <ul>
        <li>
          <Link to="/activity">
            Activity <Amount count={running} shown={running > 0} of="not ended" />
          </Link>
        </li>
        <li>
          <Link to="/alerts" activeOptions={{ includeSearch: false }}>
            Alerts <Amount count={alerts} shown={alerts > 0} of="need somebody" />
          </Link>
        </li>
        <li>
          <Link to="/reports" activeOptions={{ includeSearch: false }}>
            Reports
          </Link>
        </li>
      </ul>
      <ul>
        <li>
          <Link to="/settings" activeOptions={{ includeSearch: false }}>
            Settings
          </Link>
        </li>
      </ul>
      <div className={styles['railFoot']}>
        <span>{version === undefined ? '' : `Holdfast ${version}`}</span>
        <button type="button" onClick={onHelp} title="Keyboard help (?)">
          Keyboard help
        </button>
      </div>
    </nav>
  );
}

function Amount({ count, shown, of }: { readonly count: number; readonly shown: boolean; readonly of: string }) {
  if (!shown) return null;
  return (
    <b>
      {formatCount(count)}
      <span className="visually-hidden"> {of}</span>
    </b>
  );
}
