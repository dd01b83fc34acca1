/** One hot standby: what it shows, what is kept beside, what somebody has changed, and what can be done with it. */
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Standby } from '../../../shared/contract/standby.ts';
import { formatCount, formatDuration } from '../../../shared/model/units.ts';
import { problemIn, useOrder } from '../../client/ask.ts';
import { usePrimaryRepository } from '../../client/live-store.ts';
import { May } from '../../client/may.tsx';
import { standbyAnswers, useRunStandby } from '../../client/standby.ts';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { Fact, Facts, Panel } from '../../components/page.tsx';
import { DayTime, RelativeTime } from '../../components/relative-time.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { StandbyBadge, standbyLag, standbyPlace } from '../../components/standby-words.tsx';
import { visibleText } from '../../components/visible-text.ts';
import styles from './standby.module.css';

export function OneStandby({ standby }: { readonly standby: Standby }) {
  const { name, source, host, state, reason, shown, newest, updatedAt, lookedAt, kept, drift, failure } = standby;
  return (
    <Panel title={visibleText(name)} aside={<Orders standby={standby} />}>
      {reason === null || failure !== null ? null : (
        <Notice tone="part" title={state === 'stopped' ? 'It is stopped, and shows what it has' : 'It waits'}>
          {visibleText(reason)}
        </Notice>
      )}
      {failure === null ? null : (
        <Notice tone="fail" title={`It failed ${failure.count === 1 ? 'once' : `${formatCount(failure.count)} times`}`}>
          {visibleText(failure.message)} {failure.action}
        </Notice>
      )}
      {drift === null ? null : (
        <Notice tone="part" title="Somebody has changed it">
          {drift.first.slice(0, 5).map((line) => (
            <div key={line}>{visibleText(line)}</div>
          ))}
          {drift.count > 5 ? <div>and {formatCount(drift.count - 5)} more</div> : null}
        </Notice>
      )}
      <Facts>
        <Fact name="State">
          <StandbyBadge standby={standby} />
        </Fact>
        <Fact name="Shows">
          {shown === null ? (
            'nothing yet'
          ) : (
            <>
              <Link to="/sources/$source" params={{ source }}>
                {visibleText(host === null ? source : `${source} on ${host}`)}
              </Link>{' '}
              as it was <DayTime at={shown.takenAt} />
            </>
          )}
        </Fact>
        <Fact name="Newest snapshot">
          {newest === null ? 'there is none' : <DayTime at={newest.takenAt} />}
          {shown === null || newest === null ? '' : `, ${standbyLag(standby)}`}
        </Fact>
        <Fact name="Target">
          <code>{visibleText(standbyPlace(standby))}</code>
        </Fact>
        <Fact name="Brought up to date">{updatedAt === null ? 'never' : <RelativeTime at={updatedAt} />}</Fact>
        <Fact name="Looked at for changes">{lookedAt === null ? 'never' : <RelativeTime at={lookedAt} />}</Fact>
        <Fact name="Kept beside it">
          {kept.length === 0 ? (
            'nothing yet'
          ) : (
            <ul className={styles['kept']}>
              {kept.toReversed().map((one) => (
                <li key={one.name}>
                  <code>{visibleText(one.name)}</code> of <DayTime at={one.takenAt} />
                  {one.changed ? ', with changes by somebody' : ''}
                </li>
              ))}
            </ul>
          )}
        </Fact>
        <Fact name="Alert">
          {standby.lagLimitMs === null
            ? 'never for being behind'
            : `when behind for more than ${formatDuration(standby.lagLimitMs)}`}
        </Fact>
      </Facts>
    </Panel>
  );
}

function Orders({ standby }: { readonly standby: Standby }) {
  const { name, state, enabled } = standby;
  const primary = usePrimaryRepository();
  const run = useRunStandby();
  const confirm = useOrder((client, of: string) => client.standby.confirm({ name: of }), standbyAnswers);
  const change = useOrder(
    (client, wanted: boolean) =>
      client.standby.update({ repository: { id: primary?.id ?? '' }, name, settings: { enabled: wanted } }),
    standbyAnswers,
  );
  const remove = useOrder(
    (client, of: string) => client.standby.remove({ repository: { id: primary?.id ?? '' }, name: of }),
    standbyAnswers,
  );
  const problem = problemIn(run) ?? problemIn(confirm) ?? problemIn(change) ?? problemIn(remove);
  const isFree = state !== 'working' && state !== 'disabled' && state !== 'unconfirmed' && state !== 'stopped';
  return (
    <span className={styles['actions']}>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <ShowCommand
        commands={[
          ['holdfast', 'standby', 'show', name],
          ['holdfast', 'standby', 'run', name],
        ]}
      />
      {state === 'unconfirmed' ? (
        <May call="standby.confirm">
          <Button size="compact-sm" loading={confirm.isPending} onClick={() => confirm.mutate(name)}>
            Confirm its target here
          </Button>
        </May>
      ) : null}
      <May call="standby.remove">
        <Button size="compact-sm" disabled={primary === undefined} onClick={() => remove.mutate(name)}>
          Forget it
        </Button>
      </May>
      <May call="standby.update">
        <Button size="compact-sm" disabled={primary === undefined} onClick={() => change.mutate(!enabled)}>
          {enabled ? 'Disable' : 'Enable'}
        </Button>
      </May>
      <May call="standby.run">
        <Button
          size="compact-sm"
          variant="filled"
          disabled={!isFree}
          loading={run.isPending}
          onClick={() => run.mutate(name)}
        >
          Bring up to date
        </Button>
      </May>
    </span>
  );
}
