/** Says on every screen that another console writes now, or that a move of protection is under way. */
import { Link } from '@tanstack/react-router';
import type { RestoreRun } from '../../shared/contract/restore-runs.ts';
import { useLive } from '../client/live-store.ts';
import { ShowCommand } from '../components/show-command.tsx';
import { visibleText } from '../components/visible-text.ts';
import { headlineOf } from '../features/recovery/run-words.ts';
import { halfwayWords, moveStanding } from '../features/recovery/move-words.ts';
import styles from './shell.module.css';

export function MoveBanner() {
  const passive = useLive((live) => live.alerts.values().find(({ rule }) => rule === 'taken-over'));
  const run = useLive((live) => live.runs.values().find(isUnderWay));
  return (
    <>
      {passive === undefined ? null : (
        <div className={styles['banner']} data-tone="fail" role="region" aria-label="Taken over">
          <span>
            <b>This console stands aside.</b> {visibleText(passive.detail)}
          </span>
          <ShowCommand commands={[['holdfast', 'recover', '--replace']]} />
        </div>
      )}
      {run === undefined ? null : <UnderWay run={run} />}
    </>
  );
}

function isUnderWay(run: RestoreRun): boolean {
  const standing = run.move === null ? 'over' : moveStanding(run);
  return standing === 'working' || standing === 'half';
}

function UnderWay({ run }: { readonly run: RestoreRun }) {
  const half = moveStanding(run) === 'half';
  return (
    <div className={styles['banner']} role="region" aria-label="Move of protection">
      <span>
        <b>{half ? 'A move of protection is half done' : 'Protection moves'}:</b> {visibleText(run.title)},{' '}
        {headlineOf(run).toLowerCase()}.
        {half && run.move !== null ? ` ${visibleText(halfwayWords(run, run.move))}` : ''}
      </span>
      <Link to="/recovery/$run" params={{ run: run.id }}>
        {half ? 'Go on, or undo it' : 'Follow it'}
      </Link>
    </div>
  );
}
