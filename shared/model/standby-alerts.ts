/** What somebody has to know of hot standbys: behind for too long, failed, changed by somebody. Pure. */
import { timeText } from './alert-words.ts';
import type { Condition } from './alerts.ts';
import type { StandbyView } from './standby.ts';
import { formatCount, formatDuration } from './units.ts';

/** Times are epoch milliseconds. */
export type StandbyAlertFacts = StandbyView & {
  readonly name: string;
  readonly source: string;
  readonly lagLimitMs: number | null;
  readonly shownAtMs: number | null;
  /** What was found that is not as it was restored, and one of it; null: nothing. */
  readonly drift: { readonly count: number; readonly first: string } | null;
};

export function conditionsOfStandby(
  standby: StandbyAlertFacts,
  { nowMs, zone }: { readonly nowMs: number; readonly zone: string },
): Condition[] {
  return [failed(standby), behind(standby, nowMs, zone), changed(standby)].filter((condition) => condition !== null);
}

function failed({ name, source, state, reason }: StandbyAlertFacts): Condition | null {
  if (state !== 'failed') return null;
  return {
    ...about(name, 'standby-failed'),
    title: `The standby ${name} could not be brought up to date`,
    detail: `${reason ?? 'It ended without saying why.'} What it shows of ${source} is whole, and older.`,
    todo: `See what is wrong with its target, then: holdfast standby run "${name}".`,
  };
}

function behind(standby: StandbyAlertFacts, nowMs: number, zone: string): Condition | null {
  const { name, source, lagLimitMs, behindSinceMs, shownAtMs, state, reason } = standby;
  if (lagLimitMs === null || behindSinceMs === null || nowMs - behindSinceMs <= lagLimitMs || state === 'disabled')
    return null;
  const shows =
    shownAtMs === null ? 'It shows nothing yet.' : `It shows ${source} as it was ${timeText(shownAtMs, zone)}.`;
  return {
    ...about(name, 'standby-behind'),
    title: `The standby ${name} is behind`,
    detail: `${shows} Newer snapshots are there since ${timeText(behindSinceMs, zone)}; allowed are ${formatDuration(lagLimitMs)}.${state === 'stopped' || state === 'unconfirmed' ? ` ${reason ?? ''}` : ''}`,
    todo: `See what it waits for: holdfast standby show "${name}".`,
  };
}

function changed({ name, drift }: StandbyAlertFacts): Condition | null {
  if (drift === null) return null;
  const others = drift.count === 1 ? '' : ` And ${formatCount(drift.count - 1)} more.`;
  return {
    ...about(name, 'standby-changed'),
    title: `Somebody has changed the standby ${name}`,
    detail: `${drift.first}${others} It is no copy of its source as long as that is so.`,
    todo: `Look who works there. The next update puts it right, or now: holdfast standby run "${name}".`,
  };
}

function about(
  name: string,
  rule: Condition['rule'],
): Pick<Condition, 'rule' | 'kind' | 'subject' | 'level' | 'occasion'> {
  return { rule, kind: 'standby', subject: name, level: 'warning', occasion: '' };
}
