/** Where what is protected is kept ready, on the source's own page. */
import { Link } from '@tanstack/react-router';
import { useStandbys } from '../../client/standby.ts';
import { Panel } from '../../components/page.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { StandbyBadge, standbyLag } from '../../components/standby-words.tsx';
import { visibleText } from '../../components/visible-text.ts';
import styles from './sources.module.css';

export function StandbyPanel({ source }: { readonly source: string }) {
  const standbys = useStandbys(source).data?.standbys ?? [];
  return (
    <Panel title="Hot standby">
      {standbys.map((standby) => (
        <p key={standby.name} className={styles['line']}>
          <Link to="/standby" search={{ name: standby.name }}>
            {visibleText(standby.name)}
          </Link>{' '}
          <StandbyBadge standby={standby} /> {standbyLag(standby)}
          {standby.shown === null ? null : (
            <>
              , shows it as it was <RelativeTime at={standby.shown.takenAt} />
            </>
          )}
        </p>
      ))}
      {standbys.length > 0 ? null : (
        <p className={styles['line']}>
          Nothing is kept ready.{' '}
          <Link to="/standby" search={{ source }}>
            Keep a copy ready to be used…
          </Link>
        </p>
      )}
    </Panel>
  );
}
