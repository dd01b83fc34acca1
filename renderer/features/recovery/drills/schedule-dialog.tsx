/** When the sources of a profile are rehearsed, how much at a time, and how long coming back may take. */
import { Button, Modal, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { DrilledSource } from '../../../../shared/contract/drills.ts';
import type { Profile } from '../../../../shared/contract/profiles.ts';
import { defaultSampleBytes } from '../../../../shared/model/drills.ts';
import { parseRule, ruleWords } from '../../../../shared/model/rule-words.ts';
import { formatBytes, formatDuration, parseDuration, parseSize } from '../../../../shared/model/units.ts';
import { problemIn, useOrder } from '../../../client/ask.ts';
import { usePrimaryRepository } from '../../../client/live-store.ts';
import { useProfiles } from '../../../client/profiles.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { ShowCommand } from '../../../components/show-command.tsx';
import styles from './drills.module.css';

function durationOf(ms: number | null): string {
  return ms === null ? '' : formatDuration(ms);
}

type ScheduleDialogProps = {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly sources: readonly DrilledSource[];
};

export function ScheduleDialog({ opened, onClose, sources }: ScheduleDialogProps) {
  const profiles = useProfiles().data?.profiles ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const usual = sources.find(({ profile }) => profile !== null)?.profile?.id ?? profiles[0]?.id ?? null;
  const profile = profiles.find(({ id }) => id === (chosen ?? usual));
  return (
    <Modal opened={opened} onClose={onClose} title="When drills take place">
      {profile === undefined ? (
        <EmptyState title="No profile">
          Drills are part of a profile: make one first, and give it to sources.
        </EmptyState>
      ) : (
        <div className={styles['form']}>
          <Select
            label="Profile"
            data={profiles.map(({ id, name }) => ({ value: id, label: name }))}
            value={profile.id}
            allowDeselect={false}
            onChange={setChosen}
          />
          <RuleForm key={profile.id} profile={profile} onClose={onClose} />
        </div>
      )}
    </Modal>
  );
}

function RuleForm({ profile, onClose }: { readonly profile: Profile; readonly onClose: () => void }) {
  const before = profile.drill ?? null;
  const [every, setEvery] = useState(before === null ? 'weekly sun 03:00' : ruleWords(before.rule));
  const [sample, setSample] = useState(formatBytes(before?.sampleBytes ?? defaultSampleBytes));
  const [allowed, setAllowed] = useState(() => durationOf(before?.rtoMs ?? null));
  const primary = usePrimaryRepository();
  const rule = parseRule(every);
  const sampleBytes = parseSize(sample.replace(/\s/g, ''));
  const rtoMs = allowed.trim() === '' ? null : parseDuration(allowed.replace(/\s/g, '').replace('min', 'm'));
  const isRtoWrong = allowed.trim() !== '' && (rtoMs === null || rtoMs < 1000);
  const order = useOrder(
    (client, drill: { rule: NonNullable<typeof rule>; sampleBytes: number; rtoMs: number | null } | null) =>
      client.drills.setRule({ repository: { id: primary?.id ?? '' }, profile: profile.id, drill }),
  );
  const problem = problemIn(order);
  const isReady = rule !== null && sampleBytes !== null && sampleBytes > 0 && !isRtoWrong && primary !== undefined;
  const rtoWord = rtoMs === null ? [] : ['--rto', `${Math.round(rtoMs / 60_000)}m`];
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) order.mutate({ rule, sampleBytes, rtoMs }, { onSuccess: onClose });
      }}
    >
      <TextInput
        label="Every"
        description="weekly sun 03:00, monthly 1 03:00, daily 03:00"
        value={every}
        error={rule === null ? 'This is no time that comes round.' : undefined}
        onChange={(event) => setEvery(event.currentTarget.value)}
      />
      <TextInput
        label="Brought back at a time"
        description="The next drill takes what comes next, so that all of a source has its turn."
        value={sample}
        error={sampleBytes === null ? 'A size is written as 1 GiB.' : undefined}
        onChange={(event) => setSample(event.currentTarget.value)}
      />
      <TextInput
        label="A whole restore may take"
        description="Such as 4h. Left empty, nobody is told how long it takes."
        value={allowed}
        error={isRtoWrong ? 'A duration is written as 30m, 4h or 2d.' : undefined}
        onChange={(event) => setAllowed(event.currentTarget.value)}
      />
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <div className={styles['actions']}>
        <Button type="submit" variant="filled" disabled={!isReady} loading={order.isPending}>
          Save
        </Button>
        {before === null ? null : (
          <Button disabled={primary === undefined} onClick={() => order.mutate(null, { onSuccess: onClose })}>
            Rehearse no more
          </Button>
        )}
        <Button onClick={onClose}>Cancel</Button>
        <ShowCommand commands={[['holdfast', 'drill', 'schedule', profile.name, '--every', every, ...rtoWord]]} />
      </div>
    </form>
  );
}
