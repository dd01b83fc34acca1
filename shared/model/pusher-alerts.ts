/** Somebody who pushes to this home as a site, and has fallen silent: here nobody else would notice. Pure. */
import { timeText } from './alert-words.ts';
import type { Condition } from './alerts.ts';

/** Times are epoch milliseconds. */
export type PusherFacts = {
  readonly name: string;
  /** What its machine calls itself; null: nobody knows. */
  readonly machine: string | null;
  /** Null: it was never here, and is not missed. */
  readonly lastSeenMs: number | null;
};

export const defaultSilentHours = 72;

export function conditionsOfPushers(
  pushers: readonly PusherFacts[],
  { nowMs, zone, silentHours }: { readonly nowMs: number; readonly zone: string; readonly silentHours: number },
): Condition[] {
  if (silentHours === 0) return [];
  return pushers.flatMap(({ name, machine, lastSeenMs }): Condition[] => {
    if (lastSeenMs === null || nowMs - lastSeenMs <= silentHours * 3_600_000) return [];
    return [
      {
        rule: 'pusher-silent',
        kind: 'peer',
        subject: name,
        occasion: '',
        level: 'warning',
        title: `Nothing comes from ${name} any more`,
        detail: `${machine ?? 'It'} was last here ${timeText(lastSeenMs, zone)}: what is kept here gets old, and nobody knows how it stands there.`,
        todo: 'Look whether its console runs. If it is gone for good: holdfast failover there, or holdfast recover from what is here.',
      },
    ];
  });
}
