/** Between the screens about other places: the sites, whoever pushes here, and the consoles that are watched. */
import { Link } from '@tanstack/react-router';
import { useMay } from '../../client/me.ts';
import styles from './sites.module.css';

export function SitesNav() {
  const sees = useMay('siteServer.status');
  return (
    <nav className={styles['nav']} aria-label="About other places">
      <Link to="/sites" activeOptions={{ exact: true }}>
        Sites
      </Link>
      {sees ? <Link to="/sites/server/users">Pushed here</Link> : null}
      <Link to="/sites/peers/all">Other consoles</Link>
    </nav>
  );
}
