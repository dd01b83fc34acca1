/** A new standby: of which source, where, and how many versions are kept beside it. */
import { Button, Checkbox, NumberInput, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { StandbyTarget } from '../../../shared/contract/standby.ts';
import { defaultVersions, mostVersions } from '../../../shared/model/standby.ts';
import { problemIn, useOrder } from '../../client/ask.ts';
import { usePrimaryRepository, useSources } from '../../client/live-store.ts';
import { standbyAnswers } from '../../client/standby.ts';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { manyChoices } from '../../components/many-choices.ts';
import { Panel } from '../../components/page.tsx';
import { tellSaved } from '../../components/saved-notice.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import styles from './standby.module.css';

type Draft = { name: string; source: string; place: string; versions: number; keepChanges: boolean };

const placeWords = {
  folder: 'An empty folder of this machine. “current” in it leads to the newest version.',
  git: 'An empty folder of this machine, which gets bare repositories.',
  bucket: 'An empty bucket, or a prefix of one: s3://bucket/prefix/.',
};

export function AddStandby({ source, onClose }: { readonly source: string; readonly onClose: () => void }) {
  const [draft, setDraft] = useState<Draft>({
    name: source === '' ? '' : `${source} ready`,
    source,
    place: '',
    versions: defaultVersions,
    keepChanges: false,
  });
  const primary = usePrimaryRepository();
  const sources = useSources().filter(({ kind }) => kind !== 'ec2');
  const order = useOrder((client, { name, source: of, place, versions, keepChanges }: Draft) => {
    const settings = { versions, keepChanges };
    const target = targetOf(place);
    return client.standby.add({ repository: { id: primary?.id ?? '' }, name, source: of, target, settings });
  }, standbyAnswers);
  const problem = problemIn(order);
  const kind = sources.find(({ name }) => name === draft.source)?.kind ?? '';
  const words = placeWords[kind === 's3-bucket' ? 'bucket' : kind === 'git' || kind === 'github' ? 'git' : 'folder'];
  const ready = primary !== undefined && draft.name.trim() !== '' && draft.source !== '' && draft.place !== '';
  return (
    <Panel title="Add a standby" marked>
      <form
        className={styles['form']}
        aria-label="New standby"
        onSubmit={(event) => {
          event.preventDefault();
          if (!ready || order.isPending) return;
          order.mutate(draft, {
            onSuccess: (saved) => {
              tellSaved(saved);
              onClose();
            },
          });
        }}
      >
        <Select
          {...manyChoices}
          label="Source"
          data={[...new Set(sources.map(({ name }) => name))]}
          value={draft.source === '' ? null : draft.source}
          onChange={(chosen) => setDraft({ ...draft, source: chosen ?? '' })}
        />
        <TextInput
          label="Name"
          value={draft.name}
          onChange={({ currentTarget: { value } }) => setDraft({ ...draft, name: value })}
        />
        <TextInput
          label="Target"
          description={words}
          value={draft.place}
          onChange={({ currentTarget: { value } }) => setDraft({ ...draft, place: value })}
        />
        <NumberInput
          label="Versions kept beside it"
          min={0}
          max={mostVersions}
          value={draft.versions}
          onChange={(value) => setDraft({ ...draft, versions: Number(value) || 0 })}
        />
        <Checkbox
          label="Keep aside what somebody changes in it"
          checked={draft.keepChanges}
          onChange={({ currentTarget: { checked } }) => setDraft({ ...draft, keepChanges: checked })}
        />
        {primary === undefined ? (
          <Notice tone="part">First choose where snapshots are stored: a standby is made of what lies there.</Notice>
        ) : null}
        {problem === null ? null : <ErrorNotice problem={problem} />}
        <div className={styles['actions']}>
          <Button type="submit" variant="filled" disabled={!ready} loading={order.isPending}>
            Add the standby
          </Button>
          <Button onClick={onClose}>Cancel</Button>
          <ShowCommand commands={[commandOf(draft)]} />
        </div>
      </form>
    </Panel>
  );
}

function commandOf({ name, source, place, versions, keepChanges }: Draft): string[] {
  const settings = [`versions=${versions}`, ...(keepChanges ? ['keep-changes=yes'] : [])];
  const set = settings.flatMap((setting) => ['--set', setting]);
  return ['holdfast', 'standby', 'add', name || 'NAME', source || 'SOURCE', '--to', place || 'TARGET', ...set];
}

/** What of it is a bucket, the engine looks at again. */
function targetOf(place: string): StandbyTarget {
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(place) ?? [];
  if (bucket === undefined) return { kind: 'folder', path: place };
  const whole = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  return { kind: 'bucket', bucket, prefix: whole, region: null, endpoint: null, account: null };
}
