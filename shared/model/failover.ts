/**
 * Moving protection from one repository to another: what would be lost, source by source, and what stands in the way. Pure:
 * the facts come in.
 */
import { formatCount, formatDuration } from './units.ts';

/** What a repository holds of a source. */
export type HeldPoint = {
  /** Its id where it was taken: the same for all its copies. */
  readonly original: string;
  readonly source: string;
  readonly takenAtMs: number;
  readonly status: string;
};

export type SourceLoss = {
  readonly source: string;
  /** Of the newest good snapshot in the repository that is left; null: it has none that is known. */
  readonly newestFromMs: number | null;
  /** The same in the one that is moved to. */
  readonly newestToMs: number | null;
  /** Snapshots that are only in the one that is left. */
  readonly missing: number;
  /** How much newer the newest good one there is; null: what is moved to has no good one. */
  readonly lossMs: number | null;
};

/** Good enough to be restored from: complete, with exceptions or without; what other programs took says nothing. */
const goodStates: ReadonlySet<string> = new Set(['complete', 'completeWithExceptions', 'unknown']);

/** Worst first. Sources of which neither holds anything are left out. */
export function lossesBetween(from: readonly HeldPoint[], to: readonly HeldPoint[]): SourceLoss[] {
  const there = new Set(to.map(({ original }) => original));
  return [...new Set([...from, ...to].map(({ source }) => source))]
    .map((source) => {
      const left = from.filter((point) => point.source === source);
      const newestFromMs = newestGood(left);
      const newestToMs = newestGood(to.filter((point) => point.source === source));
      return {
        source,
        newestFromMs,
        newestToMs,
        missing: left.filter(({ original }) => !there.has(original)).length,
        lossMs: newestToMs === null ? null : Math.max(0, (newestFromMs ?? newestToMs) - newestToMs),
      };
    })
    .toSorted((a, b) => (b.lossMs ?? Infinity) - (a.lossMs ?? Infinity) || (a.source < b.source ? -1 : 1));
}

export function isGoodPoint({ status }: HeldPoint): boolean {
  return goodStates.has(status);
}

/** Snapshots that only the one that is left holds, newest first. */
export function leftBehind<Point extends HeldPoint>(from: readonly Point[], to: readonly HeldPoint[]): Point[] {
  const there = new Set(to.map(({ original }) => original));
  return from.filter(({ original }) => !there.has(original)).toSorted((a, b) => b.takenAtMs - a.takenAtMs);
}

function newestGood(points: readonly HeldPoint[]): number | null {
  const good = points.filter(isGoodPoint).map(({ takenAtMs }) => takenAtMs);
  return good.length === 0 ? null : Math.max(...good);
}

export type MoveFacts = {
  readonly from: { readonly name: string; readonly answers: boolean };
  readonly to: {
    readonly name: string;
    /** Why it cannot be written to; null: it can. */
    readonly problem: string | null;
    readonly isAppendOnly: boolean;
    /** Whether files are cut at the same places in both. */
    readonly cutsAlike: boolean;
  };
  /** Who else has taken over there, in a sentence; null: nobody. */
  readonly claim: string | null;
  readonly losses: readonly SourceLoss[];
};

export type MoveCheck = {
  readonly level: 'ok' | 'warning' | 'blocker';
  readonly id: string;
  readonly title: string;
  readonly detail: string;
};

export function moveChecks({ from, to, claim, losses }: MoveFacts): MoveCheck[] {
  const missing = losses.reduce((sum, loss) => sum + loss.missing, 0);
  const without = losses.filter(({ newestToMs }) => newestToMs === null);
  const worst = losses.find(({ lossMs }) => lossMs !== null && lossMs > 0);
  const checks: MoveCheck[] = [];
  checks.push(
    to.problem === null
      ? { level: 'ok', id: 'target', title: `${to.name} answers`, detail: 'It is open, and can be written to.' }
      : { level: 'blocker', id: 'target', title: `${to.name} cannot be used`, detail: to.problem },
  );
  if (claim !== null)
    checks.push({
      level: 'blocker',
      id: 'owner',
      title: 'Another console writes there',
      detail: `${claim} Two that protect the same sources would contradict each other; take the sources back first.`,
    });
  checks.push(
    from.answers
      ? {
          level: 'ok',
          id: 'origin',
          title: `${from.name} answers`,
          detail: `What ${to.name} lacks is copied there before protection moves, so that nothing is left behind.`,
        }
      : {
          level: 'warning',
          id: 'origin',
          title: `${from.name} does not answer`,
          detail: `What only it holds stays there: ${snapshots(missing)}, as far as this console knows. Nothing of it is removed.`,
        },
  );
  if (without.length > 0)
    checks.push({
      level: from.answers ? 'warning' : 'blocker',
      id: 'nothing-there',
      title: `${sources(without.length)} without a good snapshot in ${to.name}`,
      detail: from.answers
        ? `They come with what is copied: ${names(without)}.`
        : `Nothing of them could be restored from there: ${names(without)}.`,
    });
  const lossMs = worst?.lossMs ?? null;
  if (!from.answers && worst !== undefined && lossMs !== null)
    checks.push({
      level: 'warning',
      id: 'loss',
      title: `Up to ${formatDuration(lossMs)} are not in ${to.name}`,
      detail: `Worst is ${worst.source}. What is there now is protected anew with the next runs.`,
    });
  if (to.isAppendOnly)
    checks.push({
      level: 'warning',
      id: 'append-only',
      title: `${to.name} takes nothing out`,
      detail:
        'Snapshots do not expire there by this console, and no space is given back, for as long as it is protected into.',
    });
  if (!to.cutsAlike)
    checks.push({
      level: 'warning',
      id: 'cuts',
      title: 'Large files are cut at other places there',
      detail: 'Their content is stored once more with the first run after the move.',
    });
  return checks;
}

function snapshots(count: number): string {
  return count === 1 ? 'one snapshot' : `${formatCount(count)} snapshots`;
}

function sources(count: number): string {
  return count === 1 ? 'One source is' : `${formatCount(count)} sources are`;
}

const namedAtMost = 5;

function names(losses: readonly SourceLoss[]): string {
  const shown = losses.slice(0, namedAtMost).map(({ source }) => source);
  const more = losses.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`;
}
