/** Which Git repositories, as of which snapshot: all, some, or one ref of one. */
import { Button, Radio, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import type { SourceState } from '../../../../shared/contract/live.ts';
import { originalName } from '../../../../shared/model/git-restore-plan.ts';
import { mirroredKinds, type SourceKind } from '../../../../shared/model/source-kinds.ts';
import { formatCount } from '../../../../shared/model/units.ts';
import { problemIn, useOrder } from '../../../client/ask.ts';
import { allGitPaths, useGitRepositories } from '../../../client/git.ts';
import { useSources } from '../../../client/live-store.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { GitRepositories } from '../../../components/git-repositories.tsx';
import { isTold } from '../../../components/git-repository-words.ts';
import { refKindOf, sayRef } from '../../../components/git-words.ts';
import { Count } from '../../../components/numbers.tsx';
import { Panel } from '../../../components/page.tsx';
import { PathText } from '../../../components/path-text.tsx';
import type { Sort } from '../../../components/table-model.ts';
import { visibleText } from '../../../components/visible-text.ts';
import type { ChosenPlace } from '../points/places-field.tsx';
import { PointField, type PlacedPoint } from '../points/point-field.tsx';
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
            asked={isAsked ? asked : {}}
            before={before?.source === source.name ? before : null}
            onNext={onNext}
          />
        )}
      </div>
    </Panel>
  );
}

type ChooseProps = GitWhatProps & { readonly source: SourceState };

function ChooseSnapshot({ source, asked, before, onNext }: ChooseProps) {
  const { name, hostname, newest } = source;
  const [snapshot, setSnapshot] = useState(before?.point ?? asked.snapshot ?? newest?.snapshot ?? '');
  const [place, setPlace] = useState<ChosenPlace | null>(before?.place ?? null);
  return (
    <PointField
      source={name}
      hostname={hostname}
      description="A snapshot: the branches and tags as they were then, and what was kept of lost history until then."
      wanted={snapshot}
      place={place}
      preferred={asked.repository ?? newest?.repository}
      onPoint={setSnapshot}
      onPlace={setPlace}
    >
      {(placed) => {
        const where = { ...placed, source: name };
        return asked.ref !== undefined && asked.path !== undefined ? (
          <OneRef where={where} path={asked.path} from={asked.ref} before={before} onNext={onNext} />
        ) : (
          <Some key={placed.point} where={where} asked={asked} before={before} onNext={onNext} />
        );
      }}
    </PointField>
  );
}

type Where = PlacedPoint & Pick<GitSelection, 'source'>;

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
  const stored = { repository: where.place.connection, snapshot: where.snapshot };
  const found = useGitRepositories(stored, question);
  const tickAll = useOrder((client, wanted: typeof question) => allGitPaths(client, stored, wanted));
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
            label={
              found.total === null || found.total === 1
                ? 'All of the snapshot'
                : `All ${formatCount(found.total)} of the snapshot`
            }
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
