/** Everything that is worth protecting and is not: of this machine, of AWS and GitHub, and sources that lack something. */
import { Button, Checkbox } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Gap, Gaps } from '../../../shared/contract/gaps.ts';
import { formatCount } from '../../../shared/model/units.ts';
import { problemIn, useAnswer, useOrder } from '../../client/ask.ts';
import { May } from '../../client/may.tsx';
import { DataTable, type Column } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { Bytes } from '../../components/numbers.tsx';
import { Page, Panel, Tag } from '../../components/page.tsx';
import { PathText } from '../../components/path-text.tsx';
import { DayTime } from '../../components/relative-time.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { visibleText } from '../../components/visible-text.ts';
import styles from './gaps.module.css';
import { goalOf } from './gap-goal.ts';

const answers = [['gaps.list']] as const;

export function GapsScreen() {
  const [outside, setOutside] = useState(false);
  const [withAside, setWithAside] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  const answer = useAnswer(['gaps.list', outside], (client, signal) => client.gaps.list({ outside }, { signal }), {
    keepPrevious: true,
  });
  const problem = problemIn(answer);
  const all = answer.data?.gaps ?? [];
  const aside = all.filter(({ dismissed }) => dismissed !== null);
  const shown = withAside ? all : all.filter(({ dismissed }) => dismissed === null);
  const gap = shown.find(({ id }) => id === chosen);
  return (
    <Page
      title="What is unprotected"
      sub={
        <>
          <Link to="/sources" search={{}}>
            Sources
          </Link>{' '}
          · {subOf(answer.data)}
        </>
      }
      actions={
        <>
          <ShowCommand commands={[['holdfast', 'unprotected', ...(outside ? ['--outside'] : [])]]} />
          <Button loading={answer.isFetching && !outside} onClick={() => void answer.refetch()}>
            Look again
          </Button>
          <Button loading={answer.isFetching && outside} disabled={outside} onClick={() => setOutside(true)}>
            Ask AWS and GitHub too
          </Button>
        </>
      }
    >
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
      {gap === undefined ? null : <OneGap key={gap.id} gap={gap} onDone={() => setChosen(null)} />}
      <Panel
        title="Worth protecting, and of no source"
        flush
        aside={
          aside.length === 0 ? null : (
            <Checkbox
              label={`Show ${formatCount(aside.length)} that were put aside`}
              checked={withAside}
              onChange={({ currentTarget: { checked } }) => setWithAside(checked)}
            />
          )
        }
      >
        <DataTable
          label="Unprotected"
          columns={columns}
          rows={shown}
          keyOf={({ id }) => id}
          onOpen={({ id }) => setChosen(id)}
          loading={answer.isPending}
          maxHeight={520}
          empty={
            <EmptyState title="Nothing was found that no source has">
              Looked at: {answer.data?.lookedAt.join(', ') ?? ''}. The usual places are looked at, and no whole disk.
            </EmptyState>
          }
        />
      </Panel>
      {(answer.data?.notLooked ?? []).length === 0 ? null : (
        <Notice tone="part" title="Not looked at">
          {answer.data?.notLooked.map((why) => (
            <div key={why}>{visibleText(why)}</div>
          ))}
        </Notice>
      )}
    </Page>
  );
}

function subOf(found: Gaps | undefined): string {
  if (found === undefined) return 'Looking through the usual places…';
  const open = found.gaps.filter(({ dismissed }) => dismissed === null).length;
  return open === 0 ? 'Nothing was found' : `${formatCount(open)} found`;
}

function OneGap({ gap, onDone }: { readonly gap: Gap; readonly onDone: () => void }) {
  const { id, title, name, hint, inside, dismissed } = gap;
  const navigate = useNavigate();
  const dismiss = useOrder((client, of: string) => client.gaps.dismiss({ gap: of }), answers);
  const restore = useOrder((client, of: string) => client.gaps.restore({ gap: of }), answers);
  const problem = problemIn(dismiss) ?? problemIn(restore);
  const goal = goalOf(gap);
  return (
    <Panel title="One of them" marked>
      <p className={styles['line']}>
        <code>{visibleText(name)}</code>: {visibleText(lowered(title))}
        {inside.length === 0 ? '.' : `. Of it, ${inside.slice(0, 3).map(visibleText).join(', ')} is protected already.`}
      </p>
      {hint === null ? null : <p className={styles['line']}>{visibleText(hint)}</p>}
      {dismissed === null ? null : (
        <p className={styles['line']}>
          Put aside by {visibleText(dismissed.by)}, <DayTime at={dismissed.at} />
          {dismissed.reason === '' ? '.' : `: ${visibleText(dismissed.reason)}`}
        </p>
      )}
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <div className={styles['actions']}>
        {goal === null ? null : (
          <May call="sources.add">
            <Button variant="filled" onClick={() => void navigate(goal.to)}>
              {goal.words}
            </Button>
          </May>
        )}
        <May call="gaps.dismiss">
          {dismissed === null ? (
            <Button loading={dismiss.isPending} onClick={() => dismiss.mutate(id, { onSuccess: onDone })}>
              Not worth it
            </Button>
          ) : (
            <Button loading={restore.isPending} onClick={() => restore.mutate(id, { onSuccess: onDone })}>
              It is a gap again
            </Button>
          )}
        </May>
        <Button onClick={onDone}>Close</Button>
      </div>
    </Panel>
  );
}

/** Behind a name. What begins with a name of its own stays. */
function lowered(text: string): string {
  return text.replace(/^(?:A|An|In|Data|Settings|Web|Another)\b/, (word) => word.toLowerCase());
}

const columns: readonly Column<Gap>[] = [
  {
    id: 'name',
    header: 'What',
    width: 'minmax(200px, 1.4fr)',
    cell: ({ name }) => <PathText path={name} />,
    sortBy: ({ name }) => name,
  },
  {
    id: 'kind',
    header: 'Kind',
    width: '120px',
    cell: ({ kind }) => <Tag>{kind}</Tag>,
    sortBy: ({ kind }) => kind,
  },
  {
    id: 'title',
    header: 'Why it is named',
    width: 'minmax(200px, 1.4fr)',
    minTable: 640,
    cell: ({ title, where, inside, dismissed }) => (
      <>
        {visibleText(title)}
        {where === null ? '' : `, ${visibleText(where)}`}
        {inside.length === 0 ? '' : '; protected in part'}
        {dismissed === null ? '' : '; put aside'}
      </>
    ),
  },
  {
    id: 'size',
    header: 'Size',
    width: '130px',
    align: 'end',
    cell: ({ kind, bytes, more }) =>
      bytes === null ? (
        kind === 'source' ? (
          ''
        ) : (
          'not counted'
        )
      ) : (
        <>
          {more ? 'over ' : ''}
          <Bytes value={bytes} />
        </>
      ),
    sortBy: ({ bytes }) => bytes,
  },
];
