/** Alerts about damage in a repository: found, repaired, or beyond repair. */
import type { Condition } from './alerts.ts';
import { conditionsOfLocks, type LockFacts } from './lock-upkeep.ts';
import { formatCount } from './units.ts';

/** What is known of damage in one repository. Times are epoch milliseconds. */
export type IntegrityFacts = {
  /** Stored files, and paths of snapshots, that are damaged and not repaired. */
  readonly damage: number;
  /** One of them; null: there is none. */
  readonly first: { readonly path: string; readonly fault: string } | null;
  /** The newest repair that did anything; null: none. */
  readonly repair: {
    readonly id: number;
    readonly endedAtMs: number;
    readonly repaired: number;
    /** Things that nobody had a copy of. */
    readonly lost: number;
  } | null;
  /** Where its place locks files for a time. */
  readonly locks?: LockFacts | undefined;
};

/** News of a repair is told for so long. */
const newsMs = 7 * 24 * 3_600_000;

type Of = { readonly id: string; readonly name: string };

export function conditionsOfIntegrity(of: Of, facts: IntegrityFacts, nowMs: number): Condition[] {
  const ofLocks = facts.locks === undefined ? [] : conditionsOfLocks(of, facts.locks, nowMs);
  return [...conditionsOfDamage(of, facts, nowMs), ...ofLocks];
}

function conditionsOfDamage({ id, name }: Of, { damage, first, repair }: IntegrityFacts, nowMs: number): Condition[] {
  const key = { kind: 'repository' as const, subject: id };
  if (damage > 0 && first !== null && repair !== null && repair.lost > 0)
    return [
      {
        ...key,
        rule: 'damage-lost',
        level: 'error',
        occasion: String(repair.id),
        title: `Damage in the repository ${name} cannot be repaired`,
        detail: `${countOf(repair.lost)} could be had from nowhere: ${first.path} for one. All else of its snapshots can be restored.`,
        todo: 'See Repository health for what is lost and its nearest good versions. Connect a repository with a copy, then: holdfast repair.',
      },
    ];
  if (damage > 0 && first !== null)
    return [
      {
        ...key,
        rule: 'damage-found',
        level: 'error',
        occasion: '',
        title: `Damage was found in the repository ${name}`,
        detail: `${first.path}: ${first.fault}${damage === 1 ? '' : ` And ${formatCount(damage - 1)} more.`}`,
        todo: 'Check the disk it lies on. Repair rebuilds it from other copies: holdfast repair.',
      },
    ];
  if (repair === null || nowMs - repair.endedAtMs > newsMs || repair.endedAtMs > nowMs) return [];
  return [
    {
      ...key,
      rule: 'damage-repaired',
      level: 'warning',
      occasion: String(repair.id),
      title: `Damage in the repository ${name} was repaired`,
      detail: `${countOf(repair.repaired)} ${repair.repaired === 1 ? 'was' : 'were'} rebuilt from intact copies. What was damaged is kept in quarantine.`,
      todo: 'Check the disk it lies on: what is damaged once may be damaged again.',
    },
  ];
}

function countOf(things: number): string {
  return things === 1 ? 'One thing' : `${formatCount(things)} things`;
}
