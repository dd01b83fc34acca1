/**
 * Rounds of torture: the same few in every `npm test`, many with `npm run test:torture`. Everything random in a round
 * comes from its seed, which a failure names; `HOLDFAST_TORTURE_SEED` repeats one.
 */
import { createHash } from 'node:crypto';
import { test } from 'vitest';

const fewRounds = 5;

export type Round = {
  readonly number: number;
  readonly seed: string;
  /** From 0 up to, but without, 1; the same sequence for the same seed. */
  readonly random: () => number;
  /** A whole number from 0 up to, but without, `end`. */
  readonly below: (end: number) => number;
  readonly pick: <Item>(items: readonly Item[]) => Item;
};

export function roundCount(): number {
  const given = Number(process.env['HOLDFAST_TORTURE_ROUNDS'] ?? fewRounds);
  return Number.isInteger(given) && given > 0 ? given : fewRounds;
}

/**
 * Where every one of a list could meet every one of another: `count` of the list for the other's one of that number, so
 * that all have their turn; and all of them where rounds of torture are asked for.
 */
export function inTurn<Item>(all: readonly Item[], turn: number, count: number): readonly Item[] {
  if (process.env['HOLDFAST_TORTURE_ROUNDS'] !== undefined) return all;
  return Array.from({ length: count }, (_, index) => all[(turn * count + index) % all.length] as Item);
}

/** How much there is of something: enough for the point in every `npm test`, more where rounds of torture are asked for. */
export function amount(usual: number, tortured: number): number {
  return process.env['HOLDFAST_TORTURE_ROUNDS'] === undefined ? usual : tortured;
}

/** One test with all rounds, one after the other. `prepare` is done once and disposed of at the end. */
export function tortureTest<Victim extends AsyncDisposable>(
  title: string,
  prepare: () => Promise<Victim>,
  body: (victim: Victim, round: Round) => Promise<void>,
): void {
  test(`${title} (rounds: ${roundCount()})`, async () => {
    await using victim = await prepare();
    for (const round of roundsOf(title)) {
      try {
        await body(victim, round);
      } catch (cause) {
        const words = cause instanceof Error ? cause.message : String(cause);
        throw new Error(`Round ${round.number}, HOLDFAST_TORTURE_SEED='${round.seed}': ${words}`, { cause });
      }
    }
  });
}

function roundsOf(title: string): readonly Round[] {
  const seed = process.env['HOLDFAST_TORTURE_SEED'];
  if (seed !== undefined) return [makeRound(0, seed)];
  return Array.from({ length: roundCount() }, (_, number) => makeRound(number, `${title} ${number}`));
}

function makeRound(number: number, seed: string): Round {
  let drawn = 0;
  const random = (): number => {
    const digest = createHash('sha256').update(`${seed}\n${drawn++}`).digest();
    return digest.readUIntBE(0, 6) / 2 ** 48;
  };
  const below = (end: number): number => Math.floor(random() * end);
  return { number, seed, random, below, pick: (items) => items[below(items.length)] as (typeof items)[number] };
}
