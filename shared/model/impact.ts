/**
 * How much of the machine runs of protection may take, and when: rules as an operator types them, and what they allow at
 * a moment. A rule is days and times, or a condition, and then limits:
 *
 *     mon-fri 08:00-18:00 cpu 25% read 20MiB/s; busy cpu 10%; battery cpu 25% write 2MiB/s
 *
 * Of all rules that hold, the lowest limit of each kind counts. What no rule limits is not limited.
 */
import { holdsAt, localMoment, parseDays, parseTimeOfDay, rateFactor, type WeekTimes } from './week-times.ts';

export type ImpactLimits = {
  /** Of the time of the threads that read and store, 1 to 100; null: all of it. */
  readonly cpuPercent: number | null;
  /** From the source, and into the repository; null: as fast as it goes. */
  readonly readBytesPerSecond: number | null;
  readonly writeBytesPerSecond: number | null;
};

export type ImpactMoment = {
  readonly nowMs: number;
  /** IANA. */
  readonly zone: string;
  /** Unknown counts as no. */
  readonly onBattery: boolean;
  /** Others than this program want the processor. */
  readonly isBusy: boolean;
};

type Times = WeekTimes & { readonly kind: 'time' };
type When = { readonly kind: 'battery' } | { readonly kind: 'busy' } | { readonly kind: 'always' } | Times;

export type ImpactRule = { readonly when: When; readonly limits: ImpactLimits };

export const noLimits: ImpactLimits = { cpuPercent: null, readBytesPerSecond: null, writeBytesPerSecond: null };

const rulePattern =
  /^(?:(?<condition>battery|busy|always)|(?<days>[a-z,-]+)(?:\s+(?<from>\d\d:\d\d)-(?<to>\d\d:\d\d))?)(?<limits>(?:\s+(?:cpu\s+\d+\s*%|(?:read|write)\s+\d+(?:\.\d+)?\s*[kmg]?i?b\/s))+)$/;
const maximumRules = 50;

/** What the text means, or a sentence about what is wrong with it. An empty text is no rule. */
export function parseImpactRules(
  text: string,
): { readonly rules: readonly ImpactRule[] } | { readonly problem: string } {
  const parts = text
    .split(';')
    .map((part) => part.trim().toLowerCase())
    .filter((part) => part !== '');
  if (parts.length > maximumRules) return { problem: `There are ${parts.length} rules; ${maximumRules} can be.` };
  const rules: ImpactRule[] = [];
  for (const part of parts) {
    const rule = parseRule(part);
    if (typeof rule === 'string') return { problem: rule };
    rules.push(rule);
  }
  return { rules };
}

/** What all rules together allow at that moment. */
export function impactAt(rules: readonly ImpactRule[], moment: ImpactMoment): ImpactLimits {
  return rules
    .filter(({ when }) => holds(when, moment))
    .reduce<ImpactLimits>(
      (all, { limits }) => ({
        cpuPercent: lower(all.cpuPercent, limits.cpuPercent),
        readBytesPerSecond: lower(all.readBytesPerSecond, limits.readBytesPerSecond),
        writeBytesPerSecond: lower(all.writeBytesPerSecond, limits.writeBytesPerSecond),
      }),
      noLimits,
    );
}

function parseRule(text: string): ImpactRule | string {
  const groups = rulePattern.exec(text)?.groups;
  if (groups === undefined) return `"${text}" is no rule; one is such as mon-fri 08:00-18:00 cpu 25% read 20MiB/s.`;
  const limits = parseLimits(groups['limits'] ?? '');
  if (typeof limits === 'string') return limits;
  const { condition, days = '', from, to } = groups;
  if (condition === 'battery' || condition === 'busy' || condition === 'always')
    return { when: { kind: condition }, limits };
  const weekdays = parseDays(days);
  if (weekdays === null) return `"${days}" are no days; they are such as mon-fri, or sat,sun, or daily.`;
  const fromMinute = parseTimeOfDay(from ?? '00:00');
  const toMinute = parseTimeOfDay(to ?? '00:00');
  if (fromMinute === null || toMinute === null) return `"${text}" holds a time that no clock shows.`;
  return { when: { kind: 'time', weekdays, from: fromMinute, to: toMinute }, limits };
}

function parseLimits(text: string): ImpactLimits | string {
  let limits = noLimits;
  for (const [, kind, number = '', unit = ''] of text.matchAll(
    /(cpu|read|write)\s+(\d+(?:\.\d+)?)\s*(%|[kmg]?i?b\/s)/g,
  )) {
    const value = Number(number);
    if (kind === 'cpu') {
      if (value < 1 || value > 100) return `A share of the processor is 1% to 100%, and not ${number}%.`;
      limits = { ...limits, cpuPercent: value };
      continue;
    }
    const bytes = Math.round(value * rateFactor(unit));
    if (bytes < 1024) return `A rate is 1KiB/s at least, and not ${number}${unit}.`;
    limits = kind === 'read' ? { ...limits, readBytesPerSecond: bytes } : { ...limits, writeBytesPerSecond: bytes };
  }
  return limits;
}

function holds(when: When, { nowMs, zone, onBattery, isBusy }: ImpactMoment): boolean {
  if (when.kind === 'always') return true;
  if (when.kind === 'battery') return onBattery;
  if (when.kind === 'busy') return isBusy;
  return holdsAt(when, localMoment(nowMs, zone));
}

function lower(a: number | null, b: number | null): number | null {
  if (a === null) return b;
  return b === null ? a : Math.min(a, b);
}
