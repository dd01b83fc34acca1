/**
 * A profile: when snapshots are taken and how long each is kept, as periods. What is stored, and what every part of it
 * means, is written here once; when a period comes round is decided in `occurrences.ts`, what is due in `schedule.ts`.
 */

import type { CopyTarget } from './compliance.ts';
import type { DrillRule } from './drills.ts';

/** How long from when it was taken. Months and years are those of the calendar, in the zone of the profile. */
export type KeepFor = { readonly count: number; readonly unit: KeepUnit } | 'forever';
export const keepUnits = ['hours', 'days', 'weeks', 'months', 'years'] as const;
export type KeepUnit = (typeof keepUnits)[number];

/** As a rule is stored; `ruleOf` makes a `PeriodRule` of it. */
export type StoredRule =
  | { readonly kind: 'hourly'; readonly minute: number }
  | { readonly kind: 'daily'; readonly hour: number; readonly minute: number }
  /** ISO: 1 is Monday, 7 is Sunday. */
  | { readonly kind: 'weekly'; readonly weekday: number; readonly hour: number; readonly minute: number }
  /** A day that a month does not have is its last one. */
  | { readonly kind: 'monthly'; readonly day: number; readonly hour: number; readonly minute: number }
  | {
      readonly kind: 'yearly';
      readonly month: number;
      readonly day: number;
      readonly hour: number;
      readonly minute: number;
    }
  /** Five fields, as crontab(5). */
  | { readonly kind: 'cron'; readonly expression: string }
  /** ISO-8601 UTC. */
  | { readonly kind: 'once'; readonly at: string };

export type ProfilePeriod = {
  /** Unique in its profile, never changed: snapshots carry it. */
  readonly id: string;
  readonly name: string;
  readonly rule: StoredRule;
  readonly keep: KeepFor;
  /** So many of its newest good snapshots stay, however old they are. */
  readonly minimum: number;
  /** What becomes of a run that passed while nothing could run. */
  readonly missed: 'catchUp' | 'skip';
  /** The source's hooks run around it, so that what is captured is consistent. */
  readonly quiesce: boolean;
  /** Nobody removes its snapshots before their time but after an unlock that waits. */
  readonly locked: boolean;
};

/** Days and times at which no run of the profile begins, by the clocks of its zone. */
export type Blackout = {
  /** ISO weekdays on which it begins. */
  readonly weekdays: readonly number[];
  /** `HH:MM`; where `to` is not later than `from`, it ends on the day after. */
  readonly from: string;
  readonly to: string;
};

export type ProfileDefinition = {
  readonly name: string;
  readonly description: string;
  /** IANA name; null: the clocks of the machine that runs it. */
  readonly zone: string | null;
  readonly periods: readonly ProfilePeriod[];
  /** For snapshots that are asked for by hand. */
  readonly manual: { readonly keep: KeepFor };
  /** How old the newest good snapshot may be, in milliseconds; null: as its periods imply (`impliedRpoMs`). */
  readonly rpoMs: number | null;
  /** Id of a connected repository; null: the primary one. */
  readonly repository: string | null;
  readonly blackouts: readonly Blackout[];
  /** How its sources are rehearsed; without it they are not, by themselves. */
  readonly drill?: DrillRule | null | undefined;
  /** How its sources are to be kept; without it, as usual. */
  readonly copies?: CopyTarget | null | undefined;
};

/** What a profile is given to: the most particular one counts, a source before a tag before everything. */
export const assignmentScopes = ['source', 'tag', 'tenant'] as const;
export type AssignmentScope = (typeof assignmentScopes)[number];

/** The label of snapshots asked for by hand. */
export const manualPeriod = 'manual';

/** The label of a snapshot that states how long it lives, in days, whatever its profile says. */
export function ownLife(days: number): string {
  return `days:${days}`;
}

/** Null where the label is of a period. */
export function daysOfOwnLife(label: string): number | null {
  const days = /^days:([1-9]\d{0,4})$/.exec(label)?.[1];
  return days === undefined ? null : Number(days);
}
