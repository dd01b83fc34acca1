/** Maps between regions: what stands in one for what another has, so that it is known on the day it is needed. */
import { Button, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { AwsRegionMap } from '../../../../shared/contract/aws-restores.ts';
import { formatCount } from '../../../../shared/model/units.ts';
import { problemIn, useAnswer, useOrder } from '../../../client/ask.ts';
import { usePrimaryRepository } from '../../../client/live-store.ts';
import { useMay } from '../../../client/me.ts';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { Panel } from '../../../components/page.tsx';
import { tellSaved } from '../../../components/saved-notice.tsx';
import styles from './aws.module.css';
import { emptyMap, mapDraftOf, mapOf, type MapDraft } from './map-draft.ts';

const key = ['awsRestores.maps'] as const;
type Change = { readonly from: string; readonly to: string; readonly map: Omit<AwsRegionMap, 'from' | 'to'> | null };

export function MapsPanel() {
  const id = usePrimaryRepository()?.id ?? '';
  const may = useMay('awsRestores.saveMap') && id !== '';
  const answer = useAnswer([...key], (client, signal) => client.awsRestores.maps({}, { signal }));
  const save = useOrder(
    (client, change: Change) => client.awsRestores.saveMap({ repository: { id }, ...change }),
    [key],
  );
  const [draft, setDraft] = useState<MapDraft | null>(null);
  const maps = answer.data?.maps ?? [];
  const problem = problemIn(save) ?? problemIn(answer);
  const send = (change: Change) =>
    save.mutate(change, {
      onSuccess: (saved) => {
        tellSaved(saved);
        setDraft(null);
      },
    });
  return (
    <Panel title="Maps between regions">
      <div className={styles['fields']}>
        <p className={styles['dim']}>
          A restore into another region needs to know what stands there for a subnet, a group, a profile, a key pair or
          a key. Saved in the repository, it is there on the day it is needed.
        </p>
        {problem === null ? null : <ErrorNotice problem={problem} />}
        {maps.length === 0 ? null : (
          <ul className={styles['maps']} aria-label="Maps between regions">
            {maps.map((map) => (
              <li key={`${map.from} ${map.to}`}>
                <span>
                  {map.from} to {map.to}: {countNames(map)}
                </span>
                {may ? (
                  <span className={styles['row']}>
                    <Button size="compact-xs" variant="subtle" onClick={() => setDraft(mapDraftOf(map))}>
                      Change…
                    </Button>
                    <Button
                      size="compact-xs"
                      variant="subtle"
                      loading={save.isPending}
                      onClick={() => send({ from: map.from, to: map.to, map: null })}
                    >
                      Remove
                    </Button>
                  </span>
                ) : null}
              </li>
            ))}
          </ul>
        )}
        {draft === null ? (
          <div>
            <Button disabled={!may} onClick={() => setDraft(emptyMap)}>
              Add a map
            </Button>
          </div>
        ) : (
          <MapForm draft={draft} busy={save.isPending} onChange={setDraft} onSave={send} />
        )}
      </div>
    </Panel>
  );
}

type MapFormProps = {
  readonly draft: MapDraft;
  readonly busy: boolean;
  readonly onChange: (draft: MapDraft | null) => void;
  readonly onSave: (change: Change) => void;
};

function MapForm({ draft, busy, onChange, onSave }: MapFormProps) {
  const read = mapOf(draft);
  const fault = read !== null && 'fault' in read ? read.fault : null;
  const map = read === null || 'fault' in read ? null : read;
  return (
    <form
      className={styles['fields']}
      aria-label="A map between regions"
      onSubmit={(event) => {
        event.preventDefault();
        if (map === null) return;
        const { from, to, ...names } = map;
        onSave({ from, to, map: names });
      }}
    >
      <div className={styles['row']}>
        <TextInput
          label="From the region"
          placeholder="eu-central-1"
          value={draft.from}
          onChange={(event) => onChange({ ...draft, from: event.currentTarget.value })}
        />
        <TextInput
          label="To the region"
          placeholder="us-east-1"
          value={draft.to}
          onChange={(event) => onChange({ ...draft, to: event.currentTarget.value })}
        />
      </div>
      <Textarea
        label="What stands for what"
        description="One a line: subnet, group, profile, key-pair or kms-key, the name here, and the name there."
        placeholder="subnet subnet-0123456789abcdef0 subnet-0fedcba9876543210"
        value={draft.lines}
        error={fault}
        autosize
        minRows={4}
        maxRows={14}
        spellCheck={false}
        onChange={(event) => onChange({ ...draft, lines: event.currentTarget.value })}
      />
      <div className={styles['row']}>
        <Button onClick={() => onChange(null)}>Cancel</Button>
        <Button type="submit" variant="filled" disabled={map === null} loading={busy}>
          Save the map
        </Button>
      </div>
    </form>
  );
}

function countNames({ subnets, groups, profiles, keyPairs, kmsKeys }: AwsRegionMap): string {
  const count = [subnets, groups, profiles, keyPairs, kmsKeys].reduce((sum, all) => sum + Object.keys(all).length, 0);
  return `${formatCount(count)} ${count === 1 ? 'name' : 'names'}`;
}
