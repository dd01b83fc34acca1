/** What a run would find now: counted, not guessed, with what could not be read by name. */
import type { Issue, Progress } from '../../shared/contract/common.ts';
import { formatCount } from '../../shared/model/units.ts';
import { ErrorNotice, Notice, type Trouble } from './error-notice.tsx';
import { Bytes } from './numbers.tsx';
import { PathText } from './path-text.tsx';
import styles from './source-form.module.css';
import { visibleText } from './visible-text.ts';

type ProbeViewProps = {
  readonly counting: boolean;
  readonly progress: Progress | null;
  readonly found: {
    readonly files: number;
    readonly folders: number;
    readonly bytes: number;
    readonly issues: readonly Issue[];
    readonly whole: boolean;
  } | null;
  readonly problem: Trouble | null;
};

export function ProbeView({ counting, progress, found, problem }: ProbeViewProps) {
  if (problem !== null) return <ErrorNotice problem={problem} />;
  if (found === null && !counting)
    return <p className={styles['dim']}>Choose what to protect to see how much it is.</p>;
  return (
    <div className={styles['found']} aria-live="polite" aria-busy={counting}>
      {found === null ? null : (
        <div>
          <div className={styles['amount']} data-old={counting || undefined}>
            {found.whole ? '' : 'at least '}
            <Bytes value={found.bytes} />
          </div>
          <div className={styles['dim']}>
            {found.whole ? '' : 'at least '}
            {formatCount(found.files)} {found.files === 1 ? 'file' : 'files'} in {formatCount(found.folders)}{' '}
            {found.folders === 1 ? 'folder' : 'folders'}
          </div>
        </div>
      )}
      {counting ? <Counting progress={progress} /> : null}
      {found === null || found.whole || counting ? null : (
        <p className={styles['dim']}>
          The count ended after a minute, before everything was seen. A run sees all of it.
        </p>
      )}
      {found === null || found.issues.length === 0 ? null : <Issues issues={found.issues} />}
    </div>
  );
}

function Counting({ progress }: { readonly progress: Progress | null }) {
  const items = progress?.doneItems ?? 0;
  return <div className={styles['dim']}>counting{items === 0 ? '…' : `: ${formatCount(items)} so far`}</div>;
}

function Issues({ issues }: { readonly issues: readonly Issue[] }) {
  const many =
    issues.length >= 100 ? 'At least 100 things' : issues.length === 1 ? 'One thing' : `${issues.length} things`;
  return (
    <Notice tone="part" title={`${many} cannot be read`}>
      <p>A snapshot without {issues.length === 1 ? 'it' : 'them'} is partial, and does not count as a good one.</p>
      <ul className={styles['issues']} tabIndex={0} aria-label="What cannot be read">
        {issues.map(({ path, message }) => (
          <li key={`${path}\n${message}`}>
            <PathText path={path} mono />
            <span>{visibleText(message)}</span>
          </li>
        ))}
      </ul>
    </Notice>
  );
}
