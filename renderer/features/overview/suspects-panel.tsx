/** Snapshots at which far more had changed than usual: a guess, for a person to look at. */
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Suspect } from '../../../shared/contract/incidents.ts';
import { formatCount } from '../../../shared/model/units.ts';
import { problemIn, useOrder } from '../../client/ask.ts';
import { askDialog } from '../../client/asked-dialog.ts';
import { useSuspects } from '../../client/live-store.ts';
import { May } from '../../client/may.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Panel } from '../../components/page.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { visibleText } from '../../components/visible-text.ts';
import styles from './overview.module.css';

const shown = 5;

export function SuspectsPanel() {
  const suspects = useSuspects();
  if (suspects.length === 0) return null;
  return (
    <Panel title="Suspect snapshots" marked>
      {suspects.slice(0, shown).map((suspect) => (
        <Entry key={suspect.snapshot} suspect={suspect} />
      ))}
      {suspects.length > shown ? (
        <p className={styles['dim']}>and {formatCount(suspects.length - shown)} more, marked on their timelines</p>
      ) : null}
      <May call="restoreRuns.create">
        <div className={styles['actions']}>
          <Button size="compact-xs" onClick={() => askDialog({ kind: 'restoreBefore' })}>
            Restore as of before…
          </Button>
        </div>
      </May>
    </Panel>
  );
}

function Entry({ suspect: { snapshot, source, reason, at } }: { readonly suspect: Suspect }) {
  const order = useOrder((client, id: string) => client.incidents.clearSuspect({ snapshot: id }));
  const problem = problemIn(order);
  return (
    <section className={styles['repository']} aria-label={`Suspect snapshot of ${visibleText(source)}`}>
      <div className={styles['repositoryHead']}>
        <Link to="/sources/$source" params={{ source }}>
          {visibleText(source)}
        </Link>
        <RelativeTime at={at} />
      </div>
      <span>{visibleText(reason)} Older snapshots do not expire while it is marked.</span>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <May call="incidents.clearSuspect">
        <div className={styles['actions']}>
          <Button size="compact-xs" loading={order.isPending} onClick={() => order.mutate(snapshot)}>
            This was meant
          </Button>
        </div>
      </May>
    </section>
  );
}
