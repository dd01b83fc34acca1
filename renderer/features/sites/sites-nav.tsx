/** Between the screens about other places: the sites, whoever pushes here, and the consoles that are watched. */
import { Link } from '@tanstack/react-router';
import styles from './sites.module.css';

export function SitesNav() {
  return (
    <nav className={styles['nav']} aria-label="About other places">
      <Link to="/sites" activeOptions={{ exact: true }}>
        Sites
      </Link>
      <Link to="/sites/server/users">Pushed here</Link>
      <Link to="/sites/peers/all">Other consoles</Link>
    </nav>
  );
}
