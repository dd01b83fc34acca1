/** The two ways to begin: with nothing yet, or with what another console has left. */
import { Link } from '@tanstack/react-router';
import { useHasState, useRepositories } from '../../client/live-store.ts';
import { Notice } from '../../components/error-notice.tsx';
import { Page } from '../../components/page.tsx';
import styles from './first-run.module.css';

export function Doors() {
  const known = useHasState();
  const repositories = useRepositories();
  return (
    <Page
      title="Welcome to Holdfast"
      sub="Snapshots of what matters, kept where only you can read them, in restic’s open format."
    >
      {known && repositories.length > 0 ? (
        <Notice tone="none">
          This console already works with{' '}
          {repositories.length === 1 ? 'one repository' : `${repositories.length} repositories`}. What you do here adds
          another. <Link to="/">Back to the overview</Link>
        </Notice>
      ) : null}
      <div className={styles['doors']}>
        <Link to="/welcome" search={{ door: 'start' }} className={styles['door'] ?? ''}>
          <h2>Start protecting</h2>
          <p>Three questions, each with an answer to keep or change:</p>
          <ul>
            <li>where to keep snapshots, and under which password</li>
            <li>what to protect first</li>
            <li>how often</li>
          </ul>
          <span className={styles['go']}>Begin</span>
        </Link>
        <Link to="/welcome" search={{ door: 'recover' }} className={styles['door'] ?? ''}>
          <h2>Recover from an existing repository</h2>
          <p>The workstation is lost, or restic has made snapshots already. What comes back:</p>
          <ul>
            <li>every snapshot, to browse, search and restore</li>
            <li>sources, settings and holds of the console that was here before</li>
            <li>its credentials, with the recovery passphrase</li>
          </ul>
          <span className={styles['go']}>Connect it</span>
        </Link>
      </div>
    </Page>
  );
}
