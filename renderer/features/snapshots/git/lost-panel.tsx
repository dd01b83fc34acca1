/** History that its server has lost by a forced push or a deletion, and that is kept here: what it was, and how it is given back. */
import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { LostHistory } from '../../../../shared/contract/git.ts';
import { formatCount } from '../../../../shared/model/units.ts';
import { May } from '../../../client/may.tsx';
import { sayRef, shortId } from '../../../components/git-words.ts';
import { Panel } from '../../../components/page.tsx';
import { DayTime } from '../../../components/relative-time.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import type { SnapshotOf } from '../snapshot-of.ts';
import type { Go } from './git-page.tsx';
import styles from './git.module.css';

type LostPanelProps = {
  readonly snapshot: SnapshotOf;
  readonly path: string;
  /** Newest first. */
  readonly lost: readonly LostHistory[];
  readonly onGo: Go;
};

/** More than these nobody reads beside the rest. */
const most = 50;

export function LostPanel({ snapshot, path, lost, onGo }: LostPanelProps) {
  const navigate = useNavigate();
  return (
    <Panel title="History lost at its server" marked>
      <ul className={styles['lost']}>
        {lost.slice(0, most).map((one) => (
          <li key={`${one.at} ${one.ref} ${one.from}`}>
            <div>
              <strong>{visibleText(sayRef(one.ref))}</strong>{' '}
              <StatusBadge tone="part">{one.kind === 'forced' ? 'force-pushed' : 'deleted'}</StatusBadge>
            </div>
            <div className={styles['dim']}>
              noticed <DayTime at={one.at} />
            </div>
            <div>{sayLoss(one)}</div>
            {one.keptAs === null ? (
              <div className={styles['dim']}>Not kept as a ref: older snapshots may have it.</div>
            ) : (
              <div className={styles['actions']}>
                <Button
                  size="compact-xs"
                  onClick={() =>
                    onGo({ at: one.keptAs, show: 'commits', lost: one.commits !== 0, file: null, folder: '' })
                  }
                >
                  Its commits
                </Button>
                <May call="git.restore">
                  <Button
                    size="compact-xs"
                    aria-label={`Give it back…: ${visibleText(sayRef(one.ref))} of ${shortId(one.from)}`}
                    onClick={() => {
                      const search = {
                        repository: snapshot.repository.id,
                        source: snapshot.source,
                        snapshot: snapshot.id,
                        path,
                        ref: one.keptAs ?? one.from,
                      };
                      void navigate({ to: '/recovery/git', search });
                    }}
                  >
                    Give it back…
                  </Button>
                </May>
              </div>
            )}
          </li>
        ))}
      </ul>
      {lost.length > most ? <p className={styles['dim']}>and {formatCount(lost.length - most)} older ones</p> : null}
    </Panel>
  );
}

/** `3 commits were left behind: it was at …, and is at ….` */
function sayLoss({ commits, from, to }: LostHistory): string {
  const many =
    commits === 0
      ? 'No commit was left behind, since another branch or tag leads to all of them'
      : commits === null
        ? 'Commits were left behind'
        : commits === 1
          ? 'One commit was left behind'
          : `${formatCount(commits)} commits were left behind`;
  const went =
    to === null ? `it was at ${shortId(from)}` : `it was at ${shortId(from)}, and was moved to ${shortId(to)}`;
  return `${many}: ${went}.`;
}
