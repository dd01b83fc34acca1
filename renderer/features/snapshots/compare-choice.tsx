/** Which other snapshot to hold this one against. */
import { Button, Modal, Select } from '@mantine/core';
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
  readonly onCompare: (other: string) => void;
};

export function CompareChoice({ opened, ...choice }: CompareChoiceProps) {
  return (
    <Modal opened={opened} onClose={choice.onClose} title="Compare with another snapshot">
      <Choice {...choice} />
    </Modal>
  );
}

function Choice({ snapshot, newest, points, onClose, onCompare }: Omit<CompareChoiceProps, 'opened'>) {
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
            onCompare(other);
          }}
        >
          Compare
        </Button>
      </div>
    </div>
  );
}
