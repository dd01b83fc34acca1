/** What becomes of the snapshots of a source, were it to have the profile as it is written. */
import { Select } from '@mantine/core';
import { DifferenceView } from '../../components/difference-view.tsx';
import { Panel } from '../../components/page.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { visibleText } from '../../components/visible-text.ts';
import styles from './profiles.module.css';
import type { Previewed } from './use-preview.ts';

type DifferencePanelProps = {
  readonly previewed: Previewed;
  /** Null: none is chosen. */
  readonly source: string | null;
  readonly sources: readonly string[];
  readonly periodName: (id: string) => string;
  readonly onSource: (source: string | null) => void;
};

/** Of many; typing narrows them down. */
const shown = 200;

export function DifferencePanel({ previewed, source, sources, periodName, onSource }: DifferencePanelProps) {
  const { data } = previewed.answer;
  return (
    <Panel title="Snapshots of a source, before and after">
      <div className={styles['body']}>
        <Select
          label="Source"
          placeholder={sources.length === 0 ? 'There is no source yet' : 'Choose one'}
          data={sources.map((name) => ({ value: name, label: visibleText(name) }))}
          value={source}
          onChange={onSource}
          searchable
          clearable
          limit={shown}
          nothingFoundMessage="No source is called so"
          w={260}
        />
        {source === null ? (
          <span className={styles['dim']}>
            With a source, this shows which of its snapshots would expire, and why, before anything is saved.
          </span>
        ) : data === undefined ? (
          <Skeleton lines={3} />
        ) : (
          <DifferenceView source={source} snapshots={data.snapshots} periodName={periodName} />
        )}
      </div>
    </Panel>
  );
}
