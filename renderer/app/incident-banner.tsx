/** Says on every screen that everything is frozen, since when and why, and ends it. */
import { Button, Modal } from '@mantine/core';
import { useState } from 'react';
import type { Incident } from '../../shared/contract/incidents.ts';
import { problemIn, useOrder } from '../client/ask.ts';
import { askDialog } from '../client/asked-dialog.ts';
import { useIncident, usePrimaryRepository } from '../client/live-store.ts';
import { May } from '../client/may.tsx';
import { actorWords } from '../components/actor.tsx';
import { ErrorNotice } from '../components/error-notice.tsx';
import { RelativeTime } from '../components/relative-time.tsx';
import { ShowCommand } from '../components/show-command.tsx';
import { visibleText } from '../components/visible-text.ts';
import styles from './shell.module.css';

export function IncidentBanner() {
  const incident = useIncident();
  return incident === undefined ? null : <Frozen incident={incident} />;
}

function Frozen({ incident: { author, since, reason } }: { readonly incident: Incident }) {
  const [opened, setOpened] = useState(false);
  return (
    <div className={styles['banner']} data-tone="fail" role="region" aria-label="Incident">
      <span>
        <b>Everything is frozen</b> by {actorWords(author)} <RelativeTime at={since} />: {visibleText(reason)}
      </span>
      <May call="restoreRuns.create">
        <Button size="compact-xs" onClick={() => askDialog({ kind: 'restoreBefore' })}>
          Restore as of before…
        </Button>
      </May>
      <May call="incidents.end">
        <Button size="compact-xs" onClick={() => setOpened(true)}>
          End the incident…
        </Button>
      </May>
      <Modal opened={opened} onClose={() => setOpened(false)} title="End the incident">
        <End />
      </Modal>
    </div>
  );
}

/** What ends it makes the banner go, and this dialog with it. */
function End() {
  const repository = usePrimaryRepository();
  const order = useOrder((client, id: string) => client.incidents.end({ repository: { id } }));
  const problem = problemIn(order);
  return (
    <div className={styles['form']}>
      <div>
        Snapshots expire again as their profiles say, after the next good run of each source, and what nobody needs is
        pruned. What has to stay should be held first.
      </div>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <div className={styles['formActions']}>
        <Button
          variant="filled"
          disabled={repository === undefined}
          loading={order.isPending}
          onClick={() => {
            if (repository !== undefined) order.mutate(repository.id);
          }}
        >
          End the incident
        </Button>
        <ShowCommand commands={[['holdfast', 'incident', 'end', '--repository', repository?.location ?? '']]} />
      </div>
    </div>
  );
}
