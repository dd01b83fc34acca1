/** What is stored of a period, made into what tells when it comes round. */
import { parseCron } from './cron.ts';
import type { PeriodRule } from './occurrences.ts';
import type { StoredRule } from './profile.ts';

/** The same rule for the same text, whoever read it from wherever: what is known of a rule's times hangs on the object. */
const known = new Map<string, PeriodRule | null>();
const mostKnown = 1_000;

/** Null where it never comes round, or says nothing. */
export function ruleOf(stored: StoredRule): PeriodRule | null {
  const key = JSON.stringify(stored);
  const there = known.get(key);
  if (there !== undefined) return there;
  if (known.size >= mostKnown) known.clear();
  const rule = read(stored);
  known.set(key, rule);
  return rule;
}

function read(stored: StoredRule): PeriodRule | null {
  switch (stored.kind) {
    case 'cron': {
      const fields = parseCron(stored.expression);
      return fields === null ? null : { kind: 'cron', fields };
    }
    case 'once': {
      const atMs = Date.parse(stored.at);
      return Number.isNaN(atMs) ? null : { kind: 'once', atMs };
    }
    case 'hourly':
    case 'daily':
    case 'weekly':
    case 'monthly':
    case 'yearly':
      return stored;
  }
}
