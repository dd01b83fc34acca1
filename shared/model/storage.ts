/** How full a store is, when it will be, and whether that is before anything in it may be removed. Pure. */
import type { Condition } from './alerts.ts';
import { forecastFull, sayNoForecast, type FullForecast, type UsageSample } from './forecast.ts';
import { formatBytes, parseSize } from './units.ts';

/**
 * Who keeps what is stored from being removed. `store`: nothing that is written goes for `days`, by Object Lock. `server`:
 * nothing is ever removed from here. `console`: this console alone declines to.
 */
export type StoreLocks =
  | { readonly by: 'store'; readonly mode: 'governance' | 'compliance'; readonly days: number }
  | { readonly by: 'server' }
  | {
      readonly by: 'console';
      /** When the first lock that holds now ends, epoch milliseconds; null: none ever does. */
      readonly firstEndMs: number | null;
      /** How many it keeps so, and how many there are. */
      readonly locked: number;
      readonly snapshots: number;
    };

/** What is known of the place of one repository. */
export type StoreFacts = {
  /** Id of the connection. */
  readonly id: string;
  readonly name: string;
  readonly samples: readonly UsageSample[];
  /** At the newest sample: bytes that fit at all; null: nobody knows. */
  readonly fitsBytes: number | null;
  readonly fitsFrom: 'disk' | 'server' | 'budget' | null;
  readonly locks: StoreLocks | null;
};

export type StoreOutlook = {
  readonly forecast: FullForecast;
  readonly usedBytes: number | null;
  /** Before this moment nothing of what is locked can be removed; `never`; null: nothing is locked. */
  readonly freeableAtMs: number | 'never' | null;
  /** Whether it is likely full before that. */
  readonly isFullUnderLocks: boolean;
};

const dayMs = 86_400_000;
/** So long before it is full somebody has to know, and so long before it is urgent. */
const warnMs = 30 * dayMs;
const urgentMs = 7 * dayMs;
/** Where nothing can be removed in time, more storage has to be bought: that takes longer. */
const warnUnderLocksMs = 120 * dayMs;

export function outlookOf({ samples, fitsBytes, locks }: StoreFacts, nowMs: number): StoreOutlook {
  const usedBytes = samples.at(-1)?.bytes ?? null;
  // From when it was measured, so that what is told stays the same until the next time.
  const measuredAtMs = samples.at(-1)?.atMs ?? nowMs;
  const asked = { usedBytes: usedBytes ?? 0, limitBytes: fitsBytes, nowMs: measuredAtMs };
  const forecast = forecastFull(samples, asked);
  const freeableAtMs = freeableAt(locks, measuredAtMs);
  const fullAtMs = forecast.state === 'full' ? measuredAtMs : forecast.state === 'known' ? forecast.likelyAtMs : null;
  const isFullUnderLocks =
    fullAtMs !== null &&
    freeableAtMs !== null &&
    mostIsLocked(locks) &&
    (freeableAtMs === 'never' || fullAtMs < freeableAtMs);
  return { forecast, usedBytes, freeableAtMs, isFullUnderLocks };
}

export function conditionsOfStore(store: StoreFacts, nowMs: number): Condition[] {
  const outlook = outlookOf(store, nowMs);
  const { forecast, usedBytes } = outlook;
  if (usedBytes === null || forecast.state === 'unknown') return [];
  const fullAtMs = forecast.state === 'full' ? (store.samples.at(-1)?.atMs ?? nowMs) : forecast.likelyAtMs;
  if (fullAtMs === null) return [];
  const inMs = fullAtMs - nowMs;
  if (inMs > (outlook.isFullUnderLocks ? warnUnderLocksMs : warnMs)) return [];
  const key = { kind: 'repository', subject: store.id, occasion: '' } as const;
  const level = inMs <= (outlook.isFullUnderLocks ? warnMs : urgentMs) ? 'error' : 'warning';
  const is = forecast.state === 'full' ? 'is full' : `will be full about ${dateOf(fullAtMs)}`;
  const grows =
    forecast.growth === null ? '' : ` It grows by ${formatBytes(Math.max(0, forecast.growth.bytesPerDay))} a day.`;
  const fits = store.fitsBytes === null ? '' : ` of ${formatBytes(store.fitsBytes)}`;
  const detail = `${formatBytes(usedBytes)}${fits} are used.${grows}`;
  if (outlook.isFullUnderLocks && store.locks !== null)
    return [
      {
        ...key,
        rule: 'storage-full-locked',
        level,
        title: `${store.name} ${is}, before anything in it may be removed`,
        detail: `${detail} ${lockSentence(store.locks, outlook.freeableAtMs)}`,
        todo: 'Add space, raise its budget or quota, or send less there: a prune cannot help before that day.',
      },
    ];
  return [
    {
      ...key,
      rule: 'storage-full',
      level,
      title: `${store.name} ${is}`,
      detail: `${detail} Once it is full, runs and copies to it fail.`,
      todo: 'Add space, keep less (holdfast profile preview), or give space back: holdfast prune.',
    },
  ];
}

/** In a sentence: what a store that keeps its files lets go, and when. */
export function lockSentence(locks: StoreLocks, freeableAtMs: StoreOutlook['freeableAtMs']): string {
  const at = typeof freeableAtMs === 'number' ? dateOf(freeableAtMs) : '';
  switch (locks.by) {
    case 'store':
      return `What is written now is locked in the store (${locks.mode}) until ${at}, and what snapshots need is locked anew.`;
    case 'server':
      return 'Its server lets nothing be removed from here.';
    case 'console':
      return freeableAtMs === 'never'
        ? 'Its locked snapshots are kept for ever by this console.'
        : `The first lock on its snapshots ends ${at}; until then this console removes none of them.`;
  }
}

/** When it is full, in a sentence for whoever reads a table. */
export function sayForecast(forecast: FullForecast): string {
  if (forecast.state === 'unknown') return sayNoForecast(forecast.reason);
  if (forecast.state === 'full') return 'Full now.';
  const { earliestAtMs, likelyAtMs, latestAtMs } = forecast;
  if (likelyAtMs === null)
    return earliestAtMs === null ? 'Not in sight.' : `Not in sight; at its fastest ${dateOf(earliestAtMs)}.`;
  const latest = latestAtMs === null ? 'never' : dateOf(latestAtMs);
  return `About ${dateOf(likelyAtMs)} (${earliestAtMs === null ? 'never' : dateOf(earliestAtMs)} to ${latest}).`;
}

/** `nas 2TiB; offsite 500GiB`: how much an operator lets repositories take, by their names. */
export function parseBudgets(
  text: string,
): { readonly budgets: ReadonlyMap<string, number> } | { readonly problem: string } {
  const budgets = new Map<string, number>();
  for (const part of text.split(';').map((one) => one.trim())) {
    if (part === '') continue;
    const [, name = '', size = ''] = /^(.+?)\s+(\S+)$/.exec(part) ?? [];
    const bytes = parseSize(size);
    if (name === '' || bytes === null || bytes <= 0)
      return { problem: `"${part}" is not the name of a repository or site and a size, such as: nas 2TiB.` };
    budgets.set(name, bytes);
  }
  return { budgets };
}

function freeableAt(locks: StoreLocks | null, nowMs: number): StoreOutlook['freeableAtMs'] {
  if (locks === null) return null;
  switch (locks.by) {
    case 'store':
      return nowMs + locks.days * dayMs;
    case 'server':
      return 'never';
    case 'console':
      return locks.firstEndMs ?? 'never';
  }
}

/** Where this console alone locks, the others can go: only where most are locked is there little to be had. */
function mostIsLocked(locks: StoreLocks | null): boolean {
  return locks !== null && (locks.by !== 'console' || locks.locked * 2 > locks.snapshots);
}

function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
