/** Images of a source in EC2 that lie in the repository: made now, given back to AWS, or written to a disk. */
import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { KnownSnapshot } from '../../../../shared/contract/browse.ts';
import type { Ec2Definition } from '../../../../shared/contract/sources.ts';
import { problemIn, startJob, useAnswer, useOrder, usePages } from '../../../client/ask.ts';
import { useLive, usePrimaryRepository } from '../../../client/live-store.ts';
import { May } from '../../../client/may.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { Panel } from '../../../components/page.tsx';
import { DayTime } from '../../../components/relative-time.tsx';
import { ShowCommand } from '../../../components/show-command.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { sayRunStatus } from '../../../components/tone.ts';
import styles from './images.module.css';
import { newestWhole } from './newest-whole.ts';
import { ToAwsDialog } from './to-aws-dialog.tsx';

/** At a time. */
const shown = 20;

type ImagesPanelProps = { readonly source: Ec2Definition; readonly hostname: string };

export function ImagesPanel({ source: { name, account, endpoint, offCloud }, hostname }: ImagesPanelProps) {
  const repository = usePrimaryRepository()?.id ?? '';
  const revision = useLive((live) => live.repositories.get(repository)?.revision ?? 0);
  const images = `${name} images`;
  const of = { repository: { id: repository }, source: images, hostname, limit: shown };
  const stored = usePages(
    ['browse.snapshots', images, hostname, repository, revision],
    (client, after: string | undefined, signal) =>
      client.browse.snapshots({ ...of, ...(after === undefined ? {} : { after }) }, { signal }),
    ({ cursor }) => cursor ?? undefined,
  );
  const natives = useAnswer(['native.list', name], (client, signal) =>
    client.native.list({ source: name }, { signal }),
  );
  const newest = newestWhole(natives.data?.snapshots ?? []);
  const make = useOrder((client, { region, snapshots }: NonNullable<typeof newest>) => {
    const place = { account, region, endpoint };
    const what = { repository: { id: repository }, place, snapshots: [...snapshots], source: images };
    return startJob(client.images.store({ ...what, detach: true }));
  });
  const [back, setBack] = useState<string | null>(null);
  const problem = problemIn(make) ?? stored.problem;
  const rows = stored.pages.flatMap(({ snapshots }) => snapshots);
  return (
    <Panel
      title="Images in the repository"
      aside={
        <May call="images.store">
          <Button
            size="compact-xs"
            variant="subtle"
            disabled={newest === null || repository === ''}
            loading={make.isPending}
            onClick={() => (newest === null ? undefined : make.mutate(newest))}
          >
            Make one now
          </Button>
        </May>
      }
    >
      <div className={styles['fields']}>
        {problem === null ? null : <ErrorNotice problem={problem} />}
        {rows.length === 0 && !stored.waiting && stored.problem === null ? (
          <EmptyState title="No image of it yet">
            {newest === null
              ? 'One is made of native snapshots that AWS has completed. There are none of this source yet.'
              : offCloud
                ? 'The blocks of the newest native snapshots come by themselves, once their run counts.'
                : 'It would hold the blocks of its volumes, so that they outlive the account.'}
          </EmptyState>
        ) : null}
        {rows.length === 0 ? null : (
          <ul className={styles['rows']} aria-label="Images in the repository">
            {rows.map((image) => (
              <Row
                key={image.id}
                image={image}
                where={{ repository, source: images, host: hostname }}
                onBack={setBack}
              />
            ))}
          </ul>
        )}
        {stored.more ? (
          <Button size="compact-xs" variant="subtle" onClick={stored.fetchMore}>
            Show older ones
          </Button>
        ) : null}
        {newest === null ? null : (
          <ShowCommand commands={[['holdfast', 'aws', 'image', ...newest.snapshots, '--name', images]]} />
        )}
      </div>
      {back === null ? null : (
        <ToAwsDialog
          snapshot={back}
          source={images}
          repository={repository}
          account={account}
          onClose={() => setBack(null)}
        />
      )}
    </Panel>
  );
}

type RowProps = {
  readonly image: KnownSnapshot;
  readonly where: { readonly repository: string; readonly source: string; readonly host: string };
  readonly onBack: (snapshot: string) => void;
};

function Row({ image: { id, takenAt, status }, where, onBack }: RowProps) {
  const navigate = useNavigate();
  const { tone, words } = sayRunStatus(status);
  return (
    <li>
      <DayTime at={takenAt} />
      <StatusBadge tone={tone}>{words}</StatusBadge>
      <code>{id.slice(0, 8)}</code>
      <span className={styles['actions']}>
        <May call="images.restore">
          <Button size="compact-xs" variant="subtle" onClick={() => onBack(id)}>
            To AWS…
          </Button>
        </May>
        <May call="restoreRuns.create">
          <Button
            size="compact-xs"
            variant="subtle"
            onClick={() => void navigate({ to: '/recovery/restore', search: { ...where, snapshot: id } })}
          >
            To a disk…
          </Button>
        </May>
      </span>
    </li>
  );
}
