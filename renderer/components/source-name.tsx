/** A source in a table: its name, which leads to its page, its kind, and its newest good snapshot. */
import { Link } from '@tanstack/react-router';
import type { SourceState } from '../../shared/contract/live.ts';
import { sourceKindName } from '../../shared/model/source-kinds.ts';
import { Tag } from './page.tsx';
import { Age, RelativeTime } from './relative-time.tsx';
import styles from './source-name.module.css';
import { visibleText } from './visible-text.ts';

type SourceNameProps = {
  readonly source: Pick<SourceState, 'key' | 'kind'>;
  /** Where all are of one kind, it says nothing. */
  readonly showsKind: boolean;
};

/** The row is what keys reach, so the link is no stop of its own. */
export function SourceName({ source: { key, kind }, showsKind }: SourceNameProps) {
  return (
    <span className={styles['name']}>
      <Link to="/sources/$source" params={{ source: key }} title={visibleText(key)} tabIndex={-1}>
        {visibleText(key)}
      </Link>
      {showsKind ? <Tag>{sourceKindName(kind)}</Tag> : null}
    </span>
  );
}

type NewestGoodProps = {
  readonly source: Pick<SourceState, 'newestGood'>;
  /** `3 h`, as under a heading that says so; else `3 h ago`. */
  readonly asAge?: boolean;
};

export function NewestGood({ source: { newestGood }, asAge = false }: NewestGoodProps) {
  if (newestGood === null) return <span className={styles['none']}>none</span>;
  return asAge ? <Age at={newestGood.takenAt} /> : <RelativeTime at={newestGood.takenAt} />;
}
