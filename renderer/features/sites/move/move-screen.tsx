/** Protection moves to another repository: where to, what would be lost, what stands in the way, and the word that starts it. */
import { Button } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { problemIn } from '../../../client/ask.ts';
import { usePrimaryRepository, useRepositories } from '../../../client/live-store.ts';
import { useMoveStatus, useSites } from '../../../client/sites.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { moveRail } from '../../../components/move-rail.ts';
import { Page, Panel, Tag } from '../../../components/page.tsx';
import { PathText } from '../../../components/path-text.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { StepRail } from '../../../components/step-rail.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import styles from '../sites.module.css';
import { MoveAhead } from './move-ahead.tsx';
import { moveTargets, type MoveTarget } from './move-model.ts';

export function MoveScreen() {
  const { to } = useSearch({ from: '/sites/protection/move' });
  const navigate = useNavigate();
  const primary = usePrimaryRepository();
  const choose = (target: string | undefined) =>
    void navigate({ to: '/sites/protection/move', search: target === undefined ? {} : { to: target } });
  return (
    <Page
      title="Move protection"
      sub={
        <>
          <Link to="/sites">Sites</Link> ·{' '}
          {primary === undefined ? 'Nothing is protected into any repository yet' : `now ${visibleText(primary.name)}`}
        </>
      }
    >
      <StepRail
        label="Steps of the move"
        steps={moveRail(to === undefined ? 'Where' : 'Look')}
        onGo={() => choose(undefined)}
      />
      {to === undefined ? <ChooseTarget onChoose={choose} /> : <MoveAhead to={to} onBack={() => choose(undefined)} />}
    </Page>
  );
}

function ChooseTarget({ onChoose }: { readonly onChoose: (to: string) => void }) {
  const sites = useSites();
  const status = useMoveStatus();
  const repositories = useRepositories();
  const problem = problemIn(sites) ?? problemIn(status);
  if (problem !== null) return <ErrorNotice problem={problem} onRetry={() => void sites.refetch()} />;
  if (sites.data === undefined || status.data === undefined) return <Skeleton lines={5} />;
  const targets = moveTargets(sites.data.sites, repositories, status.data.cameFrom?.connection ?? null);
  return (
    <Panel title="Where should snapshots go from now on?">
      <p className={styles['lead']}>
        All sources move together: new snapshots go there, and restores read from there. What it lacks is copied first,
        as long as the other end answers. Nothing is removed at either end, and protection can move back.
      </p>
      {targets.length === 0 ? (
        <EmptyState title="There is nowhere to move to" action={<Link to="/sites">Add a site</Link>}>
          Protection can move to a site, or to another repository that is connected.
        </EmptyState>
      ) : (
        <ul className={styles['choices']} aria-label="Where to">
          {targets.map((target) => (
            <Target key={target.to} target={target} onChoose={() => onChoose(target.to)} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Target({ target, onChoose }: { readonly target: MoveTarget; readonly onChoose: () => void }) {
  const { name, location, isBack, behind, problem } = target;
  return (
    <li>
      <div>
        <b>{visibleText(name)}</b> {isBack ? <Tag>the way back</Tag> : null}
        <div className={styles['plain']}>
          <PathText path={location} />
        </div>
        <div className={styles['plain']}>{problem ?? behind}</div>
      </div>
      <Button variant={isBack ? 'filled' : 'default'} disabled={problem !== null} onClick={onChoose}>
        Look ahead<span className="visually-hidden"> to {visibleText(name)}</span>
      </Button>
    </li>
  );
}
