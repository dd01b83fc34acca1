/** The worst alerts that the verdict and the other panels do not speak of, and the way to all. */
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { formatCount } from '../../../shared/model/units.ts';
import { useOpenAlerts } from '../../client/alerts.ts';
import { alertsByStanding, besideVerdict } from '../../components/alert-model.ts';
import { AlertLine } from '../../components/alert-view.tsx';
import { Panel } from '../../components/page.tsx';
import { useAlertNow } from '../../components/use-alert-now.ts';
import styles from './overview.module.css';

const shown = 3;

type AlertsPanelProps = {
  /** Sources that the verdict names. */
  readonly named: ReadonlySet<string>;
};

export function AlertsPanel({ named }: AlertsPanelProps) {
  const open = useOpenAlerts();
  const now = useAlertNow();
  const { needs } = useMemo(() => alertsByStanding(open, now), [open, now]);
  const others = besideVerdict(needs, named);
  if (needs.length === 0) return null;
  return (
    <Panel
      title="Alerts"
      aside={
        <Link to="/alerts" search={{}}>
          {needs.length === 1 ? '1 needs somebody' : `${formatCount(needs.length)} need somebody`}
        </Link>
      }
    >
      {others.length === 0 ? (
        <span className={styles['dim']}>What needs somebody stands above and beside this already.</span>
      ) : (
        <div className={styles['alerts']}>
          {others.slice(0, shown).map((alert) => (
            <AlertLine key={alert.id} alert={alert} />
          ))}
        </div>
      )}
      {others.length > shown ? <p className={styles['dim']}>and {formatCount(others.length - shown)} more</p> : null}
    </Panel>
  );
}
