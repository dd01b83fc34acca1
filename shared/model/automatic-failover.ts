/**
 * Automatic failover: whether a console that stands by could take over now, and what has to be known of how it goes. Pure: the
 * facts come in.
 */
import type { Condition } from './alerts.ts';
import type { MoveCheck } from './failover.ts';
import type { Power, StandbyDecision } from './lease.ts';
import { formatDuration } from './units.ts';

export type StandbyReadiness = {
  readonly nowMs: number;
  readonly witness: {
    readonly problem: string | null;
    readonly host: string;
    readonly holder: string | null;
    readonly me: string;
  };
  /** Null: it is not watched (any more). */
  readonly owner: {
    readonly name: string;
    readonly host: string;
    readonly state: 'answers' | 'silent' | 'unknown';
  } | null;
  readonly replica: {
    readonly name: string;
    /** Why it cannot be used; null: it can. */
    readonly problem: string | null;
    /** Whether it opens without anybody there. */
    readonly remembered: boolean;
    /** Of the configuration that lies there. */
    readonly sources: readonly { readonly name: string; readonly newestGoodMs: number | null }[];
    readonly maxAgeMs: number;
  };
  /** Sources of this console that the replica knows nothing of. */
  readonly ownSources: readonly string[];
  /** Why nothing may be taken over, each in a sentence: incidents, guards, pauses, an attempt that failed. */
  readonly holds: readonly string[];
};

/** Each of the preconditions; blockers are what keeps it from promoting. */
export function standbyChecks(facts: StandbyReadiness): MoveCheck[] {
  const { witness, owner, replica, ownSources, holds, nowMs } = facts;
  const check = (id: string, bad: 'warning' | 'blocker' | null, title: string, detail: string): MoveCheck => ({
    id,
    level: bad ?? 'ok',
    title,
    detail,
  });
  const old = replica.sources.filter(
    ({ newestGoodMs }) => newestGoodMs === null || nowMs - newestGoodMs > replica.maxAgeMs,
  );
  const isNear = owner !== null && owner.host === witness.host;
  const holder = witness.holder;
  return [
    witness.problem === null
      ? check('witness', null, 'The witness answers', `It is asked at ${witness.host}.`)
      : check('witness', 'blocker', 'The witness does not answer', witness.problem),
    check(
      'independent',
      isNear ? 'warning' : null,
      isNear ? 'The witness is where the owner is' : 'The witness is at another address than the owner',
      isNear ? 'Both may fall silent at once, and then nobody takes over.' : 'What takes one away leaves the other.',
    ),
    holder === null || holder === witness.me
      ? check('held', 'warning', 'The owner has no lease', 'Nobody is followed before it has had one.')
      : check('held', null, `${holder} has the lease`, 'It is renewed for as long as its console runs.'),
    owner === null
      ? check('owner', 'blocker', 'The console is not watched', 'Add it: holdfast peers add.')
      : check(
          'owner',
          owner.state === 'answers' ? null : 'warning',
          `${owner.name} ${owner.state === 'answers' ? 'answers' : owner.state === 'silent' ? 'is silent' : 'was not heard yet'}`,
          'Nothing is taken over while it answers here, whatever the witness says.',
        ),
    replica.problem === null
      ? check('replica', null, `${replica.name} can be used`, 'It opens, and has a configuration to take over.')
      : check('replica', 'blocker', `${replica.name} cannot be used`, replica.problem),
    replica.remembered
      ? check('password', null, 'Its password is kept here', 'Nobody has to enter it.')
      : check(
          'password',
          'blocker',
          'Its password is not kept here',
          'Nobody is there to enter it; unlock it and let it be remembered.',
        ),
    old.length === 0
      ? check('age', null, 'What is there is new enough', `At most ${formatDuration(replica.maxAgeMs)} old.`)
      : check(
          'age',
          'blocker',
          'What is there is too old',
          `${old
            .map(({ name }) => name)
            .slice(0, 5)
            .join(', ')}: older than ${formatDuration(replica.maxAgeMs)}, or nothing at all.`,
        ),
    ownSources.length === 0
      ? check('empty', null, 'This console has no other sources', 'What it takes over stands in nobody’s way.')
      : check(
          'empty',
          'blocker',
          'This console has sources of its own',
          `They would be set aside: ${ownSources.slice(0, 5).join(', ')}.`,
        ),
    holds.length === 0
      ? check('holds', null, 'Nothing speaks against it', 'No incident, no guard that has raised an alert, no pause.')
      : check('holds', 'blocker', 'It is to wait', holds.join(' ')),
  ];
}

/** What alerts know of it. */
export type AutomaticFacts = {
  readonly isStandby: boolean;
  /** Null: it stands by. */
  readonly power: Power | null;
  readonly aside: string | null;
  /** For how long the witness has not answered; null: it does. */
  readonly silentMs: number | null;
  readonly durationMs: number;
  readonly problem: string | null;
  readonly decision: StandbyDecision | null;
  readonly promotion: {
    readonly from: string;
    readonly isDone: boolean;
    readonly problem: string | null;
    /** In a sentence. */
    readonly lost: string;
  } | null;
};

/** A link that drops for a moment is no news. */
const silentGraceMs = 5 * 60_000;

export function conditionsOfAutomatic(facts: AutomaticFacts | null): Condition[] {
  if (facts === null) return [];
  const { aside, silentMs, durationMs, problem, decision, promotion, isStandby, power } = facts;
  const condition = (
    rule: Condition['rule'],
    level: Condition['level'],
    title: string,
    detail: string,
    todo: string,
  ) => ({
    rule,
    level,
    title,
    detail,
    todo,
    kind: 'console' as const,
    subject: '',
    occasion: '',
  });
  const found: Condition[] = [];
  if (promotion !== null)
    found.push(
      promotion.isDone
        ? condition(
            'promoted',
            'error',
            `This console has taken over from ${promotion.from}, by itself`,
            `Its lease had run out, and it did not answer. ${promotion.lost}`,
            'Look at the failover run, then: holdfast failover automatic acknowledge. Until then nothing is promoted again.',
          )
        : condition(
            'promotion-blocked',
            'error',
            `Taking over from ${promotion.from} came to nothing`,
            promotion.problem ?? 'It was cut off.',
            'Take over by hand where needed: holdfast recover. Then: holdfast failover automatic acknowledge.',
          ),
    );
  else if (decision?.act === 'blocked')
    found.push(
      condition(
        'promotion-blocked',
        'error',
        'The owner is gone, and this console does not take over',
        decision.obstacles.join(' '),
        'Decide by hand: holdfast failover automatic check, then holdfast recover.',
      ),
    );
  if (aside !== null && !isStandby)
    found.push(
      condition(
        'lease-elsewhere',
        'error',
        `This console stands aside: ${aside} has the lease on its sources`,
        'Nothing is protected from here, and nothing removed.',
        `Leave it so; or let ${aside} give the lease back (holdfast failover automatic give-back there), then: holdfast recover --replace.`,
      ),
    );
  const isLong = silentMs !== null && silentMs > Math.max(silentGraceMs, 2 * durationMs);
  if (isLong && isStandby)
    found.push(
      condition(
        'standby-blind',
        'warning',
        'The witness is silent: nobody would be promoted',
        problem ?? 'It does not answer.',
        'Check whether it runs: holdfast serve --site there.',
      ),
    );
  else if (isLong && power !== 'owner' && aside === null)
    found.push(
      condition(
        'lease-lost',
        'warning',
        'The witness is silent: only snapshots are taken',
        `Nothing expires, and no space is given back. ${problem ?? ''}`.trim(),
        'Check whether it runs: holdfast serve --site there.',
      ),
    );
  return found;
}
