/** Which other snapshot to hold this one against. */
import { Button, Modal, Select } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { absoluteTime } from '../../components/format-time.ts';
import type { TimelinePoint } from '../../components/timeline-model.ts';
import type { SnapshotOf } from './snapshot-of.ts';
import styles from './snapshots.module.css';

type CompareChoiceProps = {
  readonly snapshot: SnapshotOf;
  readonly newest: string;
  readonly points: readonly TimelinePoint[];
  readonly opened: boolean;
  readonly onClose: () => void;
};

export function CompareChoice({ snapshot, newest, points, opened, onClose }: CompareChoiceProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Compare with another snapshot">
      <Choice snapshot={snapshot} newest={newest} points={points} onClose={onClose} />
    </Modal>
  );
}

function Choice({ snapshot, newest, points, onClose }: Omit<CompareChoiceProps, 'opened'>) {
  const navigate = useNavigate();
  const index = points.findIndex(({ key }) => key === snapshot.id);
  const before = points[index - 1]?.key ?? null;
  const [other, setOther] = useState<string | null>(newest === snapshot.id ? before : newest);
  const choices = points
    .toReversed()
    .filter(({ key }) => key !== snapshot.id)
    .map(({ key, at }) => ({ value: key, label: `${absoluteTime(at)}  ${key.slice(0, 8)}` }));
  return (
    <div className={styles['form']}>
      <div>This one is of {absoluteTime(Date.parse(snapshot.takenAt))}.</div>
      <Select
        label="Compare it with that of"
        data={choices}
        value={other}
        onChange={setOther}
        searchable
        limit={200}
        nothingFoundMessage="No snapshot of that time"
        comboboxProps={{ withinPortal: true }}
      />
      <div className={styles['actions']}>
        <Button
          variant="filled"
          disabled={other === null}
          onClick={() => {
            if (other === null) return;
            onClose();
            const { repository, source, host, id } = snapshot;
            const search = { repository: repository.id, source, snapshot: id, against: other };
            void navigate({ to: '/snapshots', search: host === null ? search : { ...search, host } });
          }}
        >
          Compare
        </Button>
      </div>
    </div>
  );
}
