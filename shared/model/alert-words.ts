/** What all alerts about a source begin with, and how they write a time. */
import { DateTime } from 'luxon';
import type { Condition } from './alerts.ts';
import type { SourceFacts } from './source-alerts.ts';

export function about(
  { name }: SourceFacts,
  rule: Condition['rule'],
  level: Condition['level'],
): Pick<Condition, 'rule' | 'kind' | 'subject' | 'level' | 'occasion'> {
  return { rule, kind: 'source', subject: name, level, occasion: '' };
}

export function timeText(ms: number, zone: string): string {
  return DateTime.fromMillis(ms, { zone, locale: 'en-GB' }).toFormat("d LLL yyyy, HH:mm ('UTC'ZZ)");
}
