/** What is left to do before the worst day: there until nothing is. */
import { Link } from '@tanstack/react-router';
import type { SourceState } from '../../../shared/contract/live.ts';
import { useAnswer } from '../../client/ask.ts';
import { useLive } from '../../client/live-store.ts';
import { useSourceCopies } from '../../client/sites.ts';
import { Panel } from '../../components/page.tsx';
import { StatusMark } from '../../components/status-badge.tsx';
import { checklistOf, type ChecklistItem } from './checklist.ts';
import styles from './overview.module.css';

export function ChecklistPanel({ sources }: { readonly sources: readonly SourceState[] }) {
  const known = useSourceCopies();
  const open = useLive((live) => live.runs);
  const answer = useAnswer(['restoreRuns.list', [...open.keys()].join(' ')], (client, signal) =>
    client.restoreRuns.list({ limit: 200 }, { signal }),
  );
  const runs = answer.data?.runs.map((run) => open.get(run.id) ?? run);
  const items = checklistOf(sources, runs, known);
  const done = items.filter((item) => item.done).length;
  if (done === items.length) return null;
  return (
    <Panel title="Checklist" aside={`${done} of ${items.length} done`}>
      <ul className={styles['checklist']}>
        {items.map((item) => (
          <li key={item.id}>
            <StatusMark tone={item.done ? 'good' : 'part'} label={item.done ? 'done' : 'to do'} />
            <div>
              <b>{item.title}</b>
              <div className={styles['dim']}>{item.words}</div>
              <Next item={item} />
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Next({ item: { id, done } }: { readonly item: ChecklistItem }) {
  if (done) return null;
  if (id === 'protect') return <Link to="/sources">Open Sources</Link>;
  if (id === 'copy') return <Link to="/sites">Open Sites</Link>;
  return (
    <Link to="/recovery/restore" search={{}}>
      Begin a guided restore
    </Link>
  );
}
