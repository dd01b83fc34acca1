/** What to bring back: a source, and of it all or one path. */
import { Button, Select, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { SourceState } from '../../../shared/contract/live.ts';
import { basketKey, type BasketItem } from '../../client/basket.ts';
import { usePrimaryRepository, useSources } from '../../client/live-store.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { manyChoices } from '../../components/many-choices.ts';
import { Panel } from '../../components/page.tsx';
import { PathText } from '../../components/path-text.tsx';
import { DayTime } from '../../components/relative-time.tsx';
import { visibleText } from '../../components/visible-text.ts';
import type { Origin } from './draft.ts';
import styles from './recovery.module.css';

type StepWhatProps = {
  readonly asked: {
    readonly source?: string;
    readonly host?: string;
    readonly snapshot?: string;
    readonly path?: string;
  };
  readonly origin: Origin;
  readonly items: readonly BasketItem[];
  /** Of what was handed over together. */
  readonly onLeaveOut: (item: BasketItem) => void;
  /** `host`: the machine whose source it is; others may have one of the same name. */
  readonly onChoose: (items: readonly BasketItem[], host: string) => void;
  readonly onNext: () => void;
};

export function StepWhat({ asked, origin, items, onLeaveOut, onChoose, onNext }: StepWhatProps) {
  const navigate = useNavigate();
  if (origin !== null) {
    return (
      <Panel title={origin === 'basket' ? 'What: the restore basket' : 'What: whole snapshots, together'}>
        <ul className={styles['list']}>
          {items.map((item) => (
            <li key={basketKey(item)}>
              <span className={styles['grow']}>
                <PathText path={item.path} />
              </span>
              <PathText path={item.source} className={styles['dim']} />
              <DayTime at={item.takenAt} />
              {origin === 'together' && items.length > 1 ? (
                <Button
                  variant="subtle"
                  size="compact-xs"
                  aria-label={`Leave ${visibleText(item.source)} out`}
                  onClick={() => onLeaveOut(item)}
                >
                  ✕
                </Button>
              ) : null}
            </li>
          ))}
        </ul>
        <div className={styles['actions']}>
          <Button variant="filled" disabled={items.length === 0} onClick={onNext}>
            Next
          </Button>
          {origin === 'basket' ? (
            <Button onClick={() => void navigate({ to: '/snapshots', search: {} })}>Change in Snapshots</Button>
          ) : null}
        </div>
      </Panel>
    );
  }
  return <ChooseSource asked={asked} items={items} onChoose={onChoose} onNext={onNext} />;
}

function ChooseSource({ asked, items, onChoose, onNext }: Omit<StepWhatProps, 'origin' | 'onLeaveOut'>) {
  const navigate = useNavigate();
  const sources = useSources().filter(({ newest }) => newest !== null);
  const primary = usePrimaryRepository();
  const [key, setKey] = useState<string | null>(
    () => askedKey(sources, asked) ?? (sources.length === 1 ? (sources[0]?.key ?? null) : null),
  );
  const [path, setPath] = useState(items[0]?.path ?? asked.path ?? '/');
  const source = sources.find((one) => one.key === key);
  if (sources.length === 0) {
    return (
      <Panel>
        <EmptyState title="There is nothing to restore yet">
          A restore begins from a snapshot. Protect a source first, or connect a repository that holds snapshots.
        </EmptyState>
      </Panel>
    );
  }
  const next = () => {
    if (source?.newest === null || source === undefined) return;
    const { snapshot, takenAt, repository } = source.newest;
    const wanted = askedKey(sources, asked) === key ? (asked.snapshot ?? snapshot) : snapshot;
    onChoose(
      [
        {
          repository: repository === '' ? (primary?.id ?? '') : repository,
          snapshot: wanted,
          // Of the newest; the next step asks for the moment, and shows the one that was chosen.
          takenAt,
          source: source.name,
          path: path.trim() === '' ? '/' : path.trim(),
          type: 'unknown',
          bytes: null,
        },
      ],
      source.hostname,
    );
    onNext();
  };
  return (
    <Panel title="What">
      <form
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault();
          next();
        }}
      >
        <Select
          {...manyChoices}
          label="Source"
          data={sources.map((one) => ({ value: one.key, label: visibleText(one.key) }))}
          value={key}
          onChange={setKey}
          allowDeselect={false}
        />
        <TextInput
          label="Path in it"
          description="“/” is all of it. Files from several places are put together in Snapshots, with the basket."
          value={path}
          onChange={(event) => setPath(event.currentTarget.value)}
          error={
            path.trim() !== '' && !path.trim().startsWith('/') ? 'A path in a snapshot begins with “/”.' : undefined
          }
        />
        <div className={styles['actions']}>
          <Button
            type="submit"
            variant="filled"
            disabled={source === undefined || !(path.trim() === '' || path.trim().startsWith('/'))}
          >
            Next
          </Button>
          <Button onClick={() => void navigate({ to: '/snapshots', search: {} })}>Look for files in Snapshots</Button>
        </div>
      </form>
    </Panel>
  );
}

function askedKey(sources: readonly SourceState[], asked: StepWhatProps['asked']): string | null {
  const found = sources.find(
    ({ name, hostname }) => name === asked.source && (asked.host === undefined || hostname === asked.host),
  );
  return found?.key ?? null;
}
