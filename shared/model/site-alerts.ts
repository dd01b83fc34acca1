/** What somebody has to know of sites: one that is silent, one that is behind, and what could not be sent. Pure. */
import { timeText } from './alert-words.ts';
import type { Condition } from './alerts.ts';
import { errorCatalog, type ErrorCode } from './errors.ts';
import { formatDuration } from './units.ts';

/** Times are epoch milliseconds. */
export type SiteFacts = {
  readonly name: string;
  readonly enabled: boolean;
  /** Somebody let it wait: then it is behind because of that. */
  readonly paused: boolean;
  /** Since when it does not answer, and why; null: it does, or nobody has asked yet. */
  readonly silentSinceMs: number | null;
  readonly problem: { readonly code: string; readonly message: string } | null;
  readonly lagLimitMs: number | null;
  /** The source of which something newer than what it has is waiting for longest; null: nothing is. */
  readonly behind: { readonly source: string; readonly sinceMs: number; readonly sentAtMs: number | null } | null;
  /** Items that have failed for good: how many, the newest, and what it was. */
  readonly failed: {
    readonly count: number;
    readonly newest: string;
    readonly source: string;
    readonly message: string;
  } | null;
};

/** A link that drops for a moment is no news. */
const silentGraceMs = 30 * 60_000;

export function conditionsOfSite(
  site: SiteFacts,
  { nowMs, zone }: { readonly nowMs: number; readonly zone: string },
): Condition[] {
  if (!site.enabled) return [];
  return [silent(site, nowMs, zone), behind(site, nowMs, zone), failed(site)].filter((one) => one !== null);
}

function silent({ name, silentSinceMs, problem }: SiteFacts, nowMs: number, zone: string): Condition | null {
  if (silentSinceMs === null || problem === null || nowMs - silentSinceMs < silentGraceMs) return null;
  const known = Object.hasOwn(errorCatalog, problem.code) ? errorCatalog[problem.code as ErrorCode] : null;
  return {
    ...about(name, 'site-silent'),
    title: `The site ${name} cannot be reached`,
    detail: `It has not answered since ${timeText(silentSinceMs, zone)}, and gets no copies. ${problem.message}`,
    todo: known?.action ?? 'Look whether its machine, its disk and the way there are as they should be.',
  };
}

function behind({ name, paused, lagLimitMs, behind: worst }: SiteFacts, nowMs: number, zone: string): Condition | null {
  if (lagLimitMs === null || worst === null || paused || nowMs - worst.sinceMs <= lagLimitMs) return null;
  const has = worst.sentAtMs === null ? 'It has none of it yet' : `It has it as of ${timeText(worst.sentAtMs, zone)}`;
  return {
    ...about(name, 'site-behind'),
    title: `The site ${name} is behind`,
    detail: `${has}; ${worst.source} of ${timeText(worst.sinceMs, zone)} is not there yet. Allowed are ${formatDuration(lagLimitMs)}.`,
    todo: `See what it waits for: holdfast sync queue --site "${name}".`,
  };
}

function failed({ name, failed: items }: SiteFacts): Condition | null {
  if (items === null) return null;
  const { count, newest, source, message } = items;
  const others = count === 1 ? '' : ` ${count - 1} more have failed too.`;
  return {
    ...about(name, 'sync-failed'),
    occasion: newest,
    title: `A snapshot could not be sent to ${name}`,
    detail: `${source}: ${message}${others}`,
    todo: `Look at what is wrong with it, then: holdfast sync retry ${newest.slice(0, 8)}.`,
  };
}

function about(
  site: string,
  rule: Condition['rule'],
): Pick<Condition, 'rule' | 'kind' | 'subject' | 'level' | 'occasion'> {
  return { rule, kind: 'site', subject: site, level: 'warning', occasion: '' };
}
