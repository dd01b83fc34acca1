/** Which Git repositories, as of which snapshot: all, some, or one ref of one. */
import { Button, Radio, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import type { SourceState } from '../../../../shared/contract/live.ts';
import { originalName } from '../../../../shared/model/git-restore-plan.ts';
import { mirroredKinds, type SourceKind } from '../../../../shared/model/source-kinds.ts';
import { formatCount } from '../../../../shared/model/units.ts';
import { problemIn, useAnswer, useOrder } from '../../../client/ask.ts';
import { allGitPaths, useGitRepositories } from '../../../client/git.ts';
import { usePrimaryRepository, useSources } from '../../../client/live-store.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { absoluteTime } from '../../../components/format-time.ts';
import { GitRepositories } from '../../../components/git-repositories.tsx';
import { isTold } from '../../../components/git-repository-words.ts';
import { refKindOf, sayRef } from '../../../components/git-words.ts';
import { Count } from '../../../components/numbers.tsx';
import { Panel } from '../../../components/page.tsx';
import { PathText } from '../../../components/path-text.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import type { Sort } from '../../../components/table-model.ts';
import { visibleText } from '../../../components/visible-text.ts';
import { PointDetails } from '../points/point-notes.tsx';
import { usePoints } from '../points/use-points.ts';
import styles from '../recovery.module.css';
import { besideName, refChoiceOf, refNameFault, type GitSelection } from './git-draft.ts';

type Asked = {
  readonly repository?: string;
  readonly source?: string;
  readonly snapshot?: string;
  readonly path?: string;
  readonly ref?: string;
};

type GitWhatProps = {
  readonly asked: Asked;
  /** What was chosen before, when one comes back. */
  readonly before: GitSelection | null;
  readonly onNext: (selection: GitSelection) => void;
};

export function GitWhat({ asked, before, onNext }: GitWhatProps) {
  const all = useSources().filter(({ newest }) => newest !== null);
  const primary = usePrimaryRepository();
  const sources = all.filter(({ kind, name }) => mirroredKinds.has(kind as SourceKind) || name === asked.source);
  const begin = before?.source ?? asked.source;
  const [key, setKey] = useState<string | null>(
    () => sources.find(({ name }) => name === begin)?.key ?? (sources.length === 1 ? (sources[0]?.key ?? null) : null),
  );
  const source = sources.find((one) => one.key === key);
  if (sources.length === 0) {
    return (
      <Panel>
        <EmptyState title="No source of Git has a snapshot yet">
          Protect a source of Git or GitHub first, or connect a repository that holds its snapshots.
        </EmptyState>
      </Panel>
    );
  }
  const isAsked = source !== undefined && source.name === asked.source;
  const own = source?.newest?.repository ?? '';
  const repository = (isAsked ? asked.repository : undefined) ?? (own === '' ? (primary?.id ?? '') : own);
  return (
    <Panel title="What">
      <div className={styles['form']}>
        <Select
          label="Source"
          data={sources.map((one) => ({ value: one.key, label: visibleText(one.key) }))}
          value={key}
          onChange={setKey}
          searchable
          limit={200}
          allowDeselect={false}
        />
        {source === undefined ? null : (
          <ChooseSnapshot
            key={source.key}
            source={source}
            repository={repository}
            asked={isAsked ? asked : {}}
            before={before?.source === source.name ? before : null}
            onNext={onNext}
          />
        )}
      </div>
    </Panel>
  );
}

type ChooseProps = GitWhatProps & { readonly source: SourceState; readonly repository: string };

function ChooseSnapshot({ source, repository, asked, before, onNext }: ChooseProps) {
  const { name, hostname, newest } = source;
  const [snapshot, setSnapshot] = useState(before?.snapshot ?? asked.snapshot ?? newest?.snapshot ?? '');
  const answer = useAnswer(['browse.snapshots', 'git', repository, name, hostname], (client, signal) =>
    client.browse.snapshots({ repository: { id: repository }, source: name, hostname, limit: 500 }, { signal }),
  );
  const pointOf = usePoints(name, hostname);
  const problem = problemIn(answer);
  if (problem !== null) return <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />;
  if (answer.data === undefined) return <Skeleton lines={4} />;
  const { snapshots } = answer.data;
  const chosen = snapshots.find(({ id }) => id.startsWith(snapshot)) ?? snapshots[0];
  if (chosen === undefined) return <EmptyState title="No snapshot of it is in this repository" />;
  const point = pointOf(chosen.id);
  const where = { repository, source: name, snapshot: chosen.id, takenAt: chosen.takenAt };
  return (
    <>
      <Select
        label="As of"
        description="A snapshot: the branches and tags as they were then, and what was kept of lost history until then."
        data={snapshots.map(({ id, takenAt, status }) => ({
          value: id,
          label: `${absoluteTime(Date.parse(takenAt))}  ${id.slice(0, 8)}${status === 'partial' ? '  partial' : ''}`,
        }))}
        value={chosen.id}
        onChange={(value) => setSnapshot(value ?? chosen.id)}
        searchable
        limit={200}
        allowDeselect={false}
      />
      {point === undefined ? null : <PointDetails key={point.id} point={point} />}
      {asked.ref !== undefined && asked.path !== undefined ? (
        <OneRef where={where} path={asked.path} from={asked.ref} before={before} onNext={onNext} />
      ) : (
        <Some key={chosen.id} where={where} asked={asked} before={before} onNext={onNext} />
      )}
    </>
  );
}

type Where = Pick<GitSelection, 'repository' | 'source' | 'snapshot' | 'takenAt'>;

type OneRefProps = {
  readonly where: Where;
  readonly path: string;
  readonly from: string;
  readonly before: GitSelection | null;
  readonly onNext: (selection: GitSelection) => void;
};

function OneRef({ where, path, from, before, onNext }: OneRefProps) {
  const [to, setTo] = useState(before?.ref?.to ?? refChoiceOf(from).to);
  const own = originalName(from);
  const hasOwn = refNameFault(own) === null;
  const fault = refNameFault(to);
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault();
        if (fault === null) onNext({ ...where, paths: [path], ref: { from, to } });
      }}
    >
      <div>
        One ref of{' '}
        <PathText
          path={path
            .replace(/\.git$/, '')
            .split('/')
            .slice(-2)
            .join('/')}
        />
        : <strong>{visibleText(sayRef(own))}</strong>
        {refKindOf(from) === 'kept' ? ', as it was before its server lost it' : ''}
        <div className={styles['dim']}>
          <PathText path={from} mono />
        </div>
      </div>
      {hasOwn ? (
        <Radio.Group
          label="On the target it is called"
          value={to === own ? 'own' : 'other'}
          onChange={(value) => setTo(value === 'own' ? own : besideName(own))}
        >
          <div className={styles['form']}>
            <Radio
              value="own"
              label="As it was"
              description="Where the target has other commits under this name, it is held back unless that is allowed."
            />
            <Radio
              value="other"
              label="Otherwise"
              description="Beside what the target has: nothing of it is touched."
            />
          </div>
        </Radio.Group>
      ) : null}
      {to === own && hasOwn ? null : (
        <TextInput
          label="Name on the target"
          value={to}
          error={fault}
          spellCheck={false}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
      )}
      <div className={styles['actions']}>
        <Button type="submit" variant="filled" disabled={fault !== null}>
          Next
        </Button>
      </div>
    </form>
  );
}

type SomeProps = {
  readonly where: Where;
  readonly asked: Asked;
  readonly before: GitSelection | null;
  readonly onNext: (selection: GitSelection) => void;
};

function Some({ where, asked, before, onNext }: SomeProps) {
  const [paths, setPaths] = useState<ReadonlySet<string>>(
    () => new Set(before?.paths ?? (asked.path === undefined ? [] : [asked.path])),
  );
  const [all, setAll] = useState(before === null ? asked.path === undefined : before.paths === null);
  const [typed, setTyped] = useState('');
  const [filter] = useDebouncedValue(typed, 40);
  const [sort, setSort] = useState<Sort | null>(null);
  const question = { filter, sort, stored: true };
  const found = useGitRepositories(where, question);
  const tickAll = useOrder((client, wanted: typeof question) => allGitPaths(client, where, wanted));
  const tickProblem = problemIn(tickAll);
  const isReady = (found.total ?? 0) > 0 && (all || paths.size > 0);
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) onNext({ ...where, paths: all ? null : [...paths].toSorted(), ref: null });
      }}
    >
      <Radio.Group label="Repositories" value={all ? 'all' : 'some'} onChange={(value) => setAll(value === 'all')}>
        <div className={styles['form']}>
          <Radio
            value="all"
            label={found.total === null ? 'All of the snapshot' : `All ${formatCount(found.total)} of the snapshot`}
            description="Each with all its branches, tags and notes."
          />
          <Radio value="some" label="Those that are ticked" />
        </div>
      </Radio.Group>
      {found.problem === null ? null : <ErrorNotice problem={found.problem} onRetry={found.askAgain} />}
      {tickProblem === null ? null : <ErrorNotice problem={tickProblem} />}
      {all ? null : (
        <>
          <div className={styles['target']}>
            <TextInput
              label="Filter"
              placeholder="owner/name"
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
            <span className={styles['dim']} role="status">
              <Count value={paths.size} /> ticked
            </span>
          </div>
          <GitRepositories
            window={found.window}
            shows={isTold(found) ? 'facts' : 'refs'}
            loading={found.waiting || tickAll.isPending}
            sort={sort}
            onSort={setSort}
            selection={{
              keys: paths,
              onChange: setPaths,
              onAll: () => tickAll.mutate(question, { onSuccess: (every) => setPaths(new Set([...paths, ...every])) }),
            }}
            maxHeight={340}
            empty={<EmptyState title={filter === '' ? 'This snapshot holds no Git repository' : 'None is called so'} />}
          />
        </>
      )}
      {found.total === 0 ? <p>This snapshot holds no Git repository.</p> : null}
      <div className={styles['actions']}>
        <Button type="submit" variant="filled" disabled={!isReady}>
          Next
        </Button>
      </div>
    </form>
  );
}
