/** Cases: why snapshots are held for somebody, such as a court, and until when. Pure. */
import { timeText } from './alert-words.ts';
import type { Condition } from './alerts.ts';

/** Times are epoch milliseconds. */
export type HoldCase = {
  /** Of the file it belongs to, such as `2026-117`. */
  readonly reference: string;
  readonly requestedBy: string;
  readonly reason: string;
  readonly reviewAtMs: number | null;
  /** All their snapshots are held, also those that are yet to be taken. */
  readonly sources: readonly string[];
  readonly author: string;
  readonly openedAtMs: number;
  /** Null while it is open. What it holds stays held until `endsAtMs`, so that it can be opened again. */
  readonly closed: {
    readonly by: string;
    readonly reason: string;
    readonly atMs: number;
    readonly endsAtMs: number;
  } | null;
};

/** Whatever keeps snapshots, be it a lock or a case, is given up with a reason, and so much later. */
export const releaseWaitMs = 7 * 24 * 3_600_000;

/** Whether what it holds is held now. */
export function isHolding({ closed }: Pick<HoldCase, 'closed'>, nowMs: number): boolean {
  return closed === null || closed.endsAtMs > nowMs;
}

/** The first case that holds all snapshots of a source, the oldest before the others; null: none. */
export function caseOfSource(cases: readonly HoldCase[], source: string, nowMs: number): HoldCase | null {
  return (
    cases
      .filter((one) => one.sources.includes(source) && isHolding(one, nowMs))
      .toSorted((a, b) => a.openedAtMs - b.openedAtMs)[0] ?? null
  );
}

/** As a reason to keep a snapshot. */
export function caseWords({ reference, reason }: Pick<HoldCase, 'reference' | 'reason'>): string {
  return `case ${reference}: ${reason}`;
}

/** What is held whatever retention says: holds without a case, and those of cases that still hold. */
export function holdsInForce<Hold extends { readonly case: string | null }>(
  holds: readonly Hold[],
  cases: readonly HoldCase[],
  nowMs: number,
): readonly Hold[] {
  const over = new Set(cases.filter((one) => !isHolding(one, nowMs)).map(({ reference }) => reference));
  return holds.filter((hold) => hold.case === null || !over.has(hold.case));
}

export function conditionsOfCases(
  cases: readonly HoldCase[],
  { nowMs, zone }: { readonly nowMs: number; readonly zone: string },
): Condition[] {
  return cases.flatMap(({ reference, requestedBy, reviewAtMs, closed }) =>
    closed !== null || reviewAtMs === null || reviewAtMs > nowMs
      ? []
      : [
          {
            rule: 'case-review' as const,
            kind: 'console' as const,
            subject: reference,
            occasion: String(reviewAtMs),
            level: 'warning' as const,
            title: `The case ${reference} is to be reviewed`,
            detail: `${requestedBy} asked for it; its review was due ${timeText(reviewAtMs, zone)}. Snapshots stay held until it is closed.`,
            todo: `Ask whether it is still needed, then set another day or close it: holdfast case close "${reference}" --reason <text>.`,
          },
        ],
  );
}
