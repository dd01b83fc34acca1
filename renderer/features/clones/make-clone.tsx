/** A new clone: of which source and moment, where, and until when. */
import { Button, Radio, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { problemIn, useOrder } from '../../client/ask.ts';
import { usePrimaryRepository, useSources } from '../../client/live-store.ts';
import { useFolderChooser } from '../../client/machine.ts';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { FolderDialog } from '../../components/folder-dialog.tsx';
import { Panel } from '../../components/page.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { commandOf, faultOf, inputOf, isGit, lifetimes, type Draft } from './clone-draft.ts';
import styles from './clones.module.css';

type MakeCloneProps = {
  readonly source: string;
  /** Empty: the newest. */
  readonly snapshot: string;
  readonly path: string;
  readonly onClose: () => void;
  readonly onMade: (id: string) => void;
};

const dayMs = 86_400_000;

export function MakeClone({ source, snapshot, path, onClose, onMade }: MakeCloneProps) {
  const primary = usePrimaryRepository();
  const sources = useSources().filter(({ kind }) => kind !== 'ec2');
  const [chosen, setDraft] = useState<Omit<Draft, 'kind'>>({
    source,
    snapshot: snapshot === '' ? 'latest' : snapshot,
    path,
    place: '',
    isBare: false,
    days: 7,
  });
  const draft: Draft = { ...chosen, kind: sources.find(({ name }) => name === chosen.source)?.kind ?? '' };
  const change = (part: Partial<Draft>) => setDraft((now) => ({ ...now, ...part }));
  const chooser = useFolderChooser('Make the clone in a new folder of this one', (folder) =>
    change({ place: `${folder === '/' ? '' : folder}/${draft.source || 'clone'}-copy` }),
  );
  const order = useOrder(
    async (client, wanted: Draft) => {
      const expiresAt = new Date(Date.now() + wanted.days * dayMs).toISOString();
      const input = { repository: { id: primary?.id ?? '' }, what: inputOf(wanted), expiresAt, detach: true };
      for await (const event of await client.clones.make(input)) if (event.type === 'done') return event.result.id;
      return '';
    },
    [['clones.list']],
  );
  const problem = problemIn(order);
  const fault = faultOf(draft);
  const isBucket = draft.kind === 's3-bucket';
  return (
    <Panel title="Make a clone" marked>
      <form
        className={styles['form']}
        aria-label="New clone"
        onSubmit={(event) => {
          event.preventDefault();
          if (fault === null && !order.isPending) order.mutate(draft, { onSuccess: onMade });
        }}
      >
        <Select
          label="Source"
          description="Of folders, Git or a bucket."
          data={[...new Set(sources.map(({ name }) => name))]}
          value={draft.source === '' ? null : draft.source}
          onChange={(value) => change({ source: value ?? '', snapshot: 'latest' })}
          searchable
        />
        <TextInput
          label="Snapshot"
          description="The latest, or the id of one."
          value={draft.snapshot}
          onChange={({ currentTarget: { value } }) => change({ snapshot: value.trim() })}
        />
        <TextInput
          label={isGit(draft) ? 'Repository' : isBucket ? 'Keys that begin with' : 'Path in it'}
          description={isGit(draft) ? 'As owner/name; left empty, all of them.' : 'Left empty, all of it.'}
          value={draft.path}
          onChange={({ currentTarget: { value } }) => change({ path: value })}
        />
        <div className={styles['place']}>
          <TextInput
            label="Where"
            description={
              isBucket
                ? 'A prefix where nothing is yet: s3://bucket/prefix/.'
                : 'A folder that is not there yet, or empty; apart from all that is protected.'
            }
            error={draft.place === '' ? undefined : fault}
            value={draft.place}
            spellCheck={false}
            onChange={({ currentTarget: { value } }) => change({ place: value })}
          />
          {isBucket ? null : <Button onClick={chooser.open}>Browse…</Button>}
        </div>
        {isGit(draft) ? (
          <Radio.Group
            label="As"
            value={draft.isBare ? 'bare' : 'checkout'}
            onChange={(value) => change({ isBare: value === 'bare' })}
          >
            <div className={styles['actions']}>
              <Radio value="checkout" label="A working folder" />
              <Radio value="bare" label="A bare repository" />
            </div>
          </Radio.Group>
        ) : null}
        <div>
          <div className={styles['label']}>Goes by itself after</div>
          <SegmentedControl
            aria-label="Goes by itself after"
            data={lifetimes.map((days) => ({ value: String(days), label: days === 1 ? '1 day' : `${days} days` }))}
            value={String(draft.days)}
            onChange={(value) => change({ days: Number(value) })}
          />
        </div>
        {primary === undefined ? (
          <Notice tone="part">First choose where snapshots are stored: a clone is made of what lies there.</Notice>
        ) : null}
        {problem === null ? null : <ErrorNotice problem={problem} />}
        <div className={styles['actions']}>
          <Button
            type="submit"
            variant="filled"
            disabled={fault !== null || primary === undefined}
            loading={order.isPending}
          >
            Make the clone
          </Button>
          <Button onClick={onClose}>{order.isPending ? 'Close; it goes on' : 'Cancel'}</Button>
          <ShowCommand commands={[commandOf(draft)]} />
        </div>
      </form>
      <FolderDialog {...chooser.dialog} />
    </Panel>
  );
}
