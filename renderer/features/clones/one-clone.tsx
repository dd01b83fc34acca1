/** One clone: what it is of, whether somebody has changed it, and what can be done with it. */
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Clone } from '../../../shared/contract/clones.ts';
import { formatCount } from '../../../shared/model/units.ts';
import { problemIn, useOrder } from '../../client/ask.ts';
import type { Problem } from '../../client/problem.ts';
import { May } from '../../client/may.tsx';
import { ConfirmDestructive } from '../../components/confirm-destructive.tsx';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { Bytes } from '../../components/numbers.tsx';
import { Fact, Facts, Panel } from '../../components/page.tsx';
import { PathText } from '../../components/path-text.tsx';
import { DayTime } from '../../components/relative-time.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { clonePlace } from './clone-words.tsx';
import styles from './clones.module.css';

const weekMs = 7 * 86_400_000;
const answers = [['clones.list']] as const;

export function OneClone({ clone }: { readonly clone: Clone }) {
  const { of, trouble, place, items, bytes, madeAt, madeBy, expiresAt, within } = clone;
  return (
    <Panel title="The clone">
      <div className={styles['body']}>
        {trouble === null ? null : (
          <Notice tone="part" title={visibleText(trouble.detail)}>
            {trouble.items.slice(0, 5).map((line) => (
              <div key={line}>{visibleText(line)}</div>
            ))}
            {trouble.count > 5 ? <div>and {formatCount(trouble.count - 5)} more</div> : null}
          </Notice>
        )}
        {within.length === 0 ? null : (
          <Notice tone="part" title={`It lies in ${within.map(visibleText).join(', ')}`}>
            Snapshots of that hold this copy too, until it is removed or left out by the source.
          </Notice>
        )}
        <Facts>
          <Fact name="Where">
            <code>{visibleText(clonePlace(clone))}</code>
          </Fact>
          {of === null ? null : (
            <Fact name="Of">
              <Link to="/sources/$source" params={{ source: of.source }}>
                {visibleText(of.source)}
              </Link>{' '}
              as it was <DayTime at={of.takenAt} />
              {of.paths.every((path) => path === '/') ? '' : ': '}
              {of.paths
                .filter((path) => path !== '/')
                .slice(0, 5)
                .map((path) => (
                  <PathText key={path} path={path} />
                ))}
            </Fact>
          )}
          {place.kind === 'instance' ? null : (
            <Fact name="Holds">
              {formatCount(items)} {place.kind === 'bucket' ? 'objects' : 'files and folders'}, <Bytes value={bytes} />
            </Fact>
          )}
          <Fact name="Since">
            <DayTime at={madeAt} />, by {visibleText(madeBy)}
          </Fact>
          <Fact name="Until">
            {expiresAt === null ? 'not known' : <DayTime at={expiresAt} />}
            {place.kind === 'instance'
              ? '; ended by hand, since that takes rights that are asked for each time'
              : '; removed then by itself, unless somebody has worked in it'}
          </Fact>
        </Facts>
        <Orders clone={clone} />
      </div>
    </Panel>
  );
}

function Orders({ clone }: { readonly clone: Clone }) {
  const { id, state, trouble, expiresAt, place, bytes } = clone;
  const [asking, setAsking] = useState<'remove' | null>(null);
  const extend = useOrder(
    (client, until: string) => client.clones.extend({ clone: id, expiresAt: aWeekAfter(until) }),
    answers,
  );
  const keep = useOrder((client, of: string) => client.clones.keep({ clone: of }), answers);
  const remove = useOrder(async (client, withChanges: boolean) => {
    for await (const event of await client.clones.remove({ clone: id, withChanges, detach: true }))
      if (event.type === 'done') return event.result;
    return null;
  }, answers);
  const problem = problemIn(extend) ?? problemIn(keep) ?? (asking === null ? untold(problemIn(remove)) : null);
  if (place.kind === 'instance')
    return (
      <Link to="/recovery/$run" params={{ run: place.run }}>
        Its restore run
      </Link>
    );
  const isReady = state === 'ready';
  const isChanged = state === 'unfinished' || (trouble !== null && trouble.kind !== 'missing');
  return (
    <div className={styles['actions']}>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <ShowCommand
        commands={[
          ['holdfast', 'clone', 'show', id],
          ['holdfast', 'clone', 'extend', id, '7d'],
        ]}
      />
      <May call="clones.extend">
        <Button
          size="compact-sm"
          disabled={!isReady}
          loading={extend.isPending}
          onClick={() => extend.mutate(expiresAt ?? '')}
        >
          A week longer
        </Button>
      </May>
      <May call="clones.keep">
        <Button size="compact-sm" disabled={!isReady} loading={keep.isPending} onClick={() => keep.mutate(id)}>
          Keep for good
        </Button>
      </May>
      <May call="clones.remove">
        <Button
          size="compact-sm"
          variant="filled"
          disabled={state !== 'ready' && state !== 'unfinished'}
          loading={remove.isPending}
          onClick={() => (isChanged ? setAsking('remove') : remove.mutate(false))}
        >
          {isChanged ? 'Remove with its changes…' : 'Remove now'}
        </Button>
      </May>
      <ConfirmDestructive
        opened={asking === 'remove'}
        onClose={() => setAsking(null)}
        title="Remove the clone with all that is in it"
        goes={[{ id, name: clonePlace(clone), bytes }]}
        word="remove"
        verb="Remove it"
        busy={remove.isPending}
        problem={problemIn(remove)}
        onConfirm={() => remove.mutate(true, { onSuccess: () => setAsking(null) })}
      >
        <p>
          What somebody has changed or added below it goes too, and no snapshot has it. What is mounted there, and the
          source it is of, stay.
        </p>
      </ConfirmDestructive>
    </div>
  );
}

/** Of one whose time is over, from now on. */
function aWeekAfter(time: string): string {
  return new Date(Math.max(Date.parse(time), Date.now()) + weekMs).toISOString();
}

/** That somebody has changed it, it says itself by then. */
function untold(problem: Problem | null): Problem | null {
  return problem?.code === 'CLONE_CHANGED' ? null : problem;
}
