/** What fetching a source found out that outlives the run: told by alerts until it is otherwise, or somebody puts it aside. */

export type LostRef = {
  /** Path of the part in the snapshot, such as `/acme/api.git`. */
  readonly item: string;
  readonly ref: string;
  readonly how: 'forced' | 'deleted';
  /** That nothing there leads to any more. */
  readonly commits: number;
  /** The ref that keeps them here. */
  readonly keptAs: string;
};

export type MissingPart = {
  readonly item: string;
  readonly sinceMs: number;
  /** Why an operator has accepted that; without it, nobody has. */
  readonly accepted?: string;
};

export type DamagedMirror = {
  readonly item: string;
  /** In words. */
  readonly problem: string;
  readonly sinceMs: number;
};

export type RepairedMirror = {
  readonly item: string;
  readonly atMs: number;
  /** Of the snapshot it was made anew from; null: the server gave it. */
  readonly takenAtMs: number | null;
  /** Refs that only the damaged one had, and how many of them were brought over. */
  readonly brought: number;
  /** Some of those of which something could not be read. */
  readonly missing: readonly string[];
  /** Where the damaged one lies. */
  readonly aside: string;
};

export type SourceFinding =
  | ({ readonly kind: 'historyLost' } & LostRef)
  /** A part that was there before, and is neither listed nor found now. */
  | ({ readonly kind: 'missing' } & MissingPart)
  /** A mirror on this machine that is damaged, and could not be repaired. */
  | ({ readonly kind: 'damaged' } & DamagedMirror)
  /** A mirror that was damaged and is sound again. */
  | ({ readonly kind: 'repaired' } & RepairedMirror)
  /** The credential it was fetched with. */
  | { readonly kind: 'expires'; readonly atMs: number };

export type KnownFindings = {
  /** Of the newest run that found any. */
  readonly historyLost: { readonly run: string; readonly refs: readonly LostRef[] } | null;
  /** As of the newest run. */
  readonly missing: readonly MissingPart[];
  readonly damaged: readonly DamagedMirror[];
  /** Of the newest run that repaired any. */
  readonly repaired: { readonly run: string; readonly mirrors: readonly RepairedMirror[] } | null;
  readonly expiresAtMs: number | null;
};

export const noFindings: KnownFindings = {
  historyLost: null,
  missing: [],
  damaged: [],
  repaired: null,
  expiresAtMs: null,
};

/** More are not told by name. */
const mostKept = 1_000;

/** What is known after a run, from what was known before it and what it found. */
export function findingsAfter(before: KnownFindings, run: string, found: readonly SourceFinding[]): KnownFindings {
  const refs = found.filter((finding) => finding.kind === 'historyLost').slice(0, mostKept);
  const missing = found.filter((finding) => finding.kind === 'missing').slice(0, mostKept);
  const damaged = found.filter((finding) => finding.kind === 'damaged').slice(0, mostKept);
  const repaired = found.filter((finding) => finding.kind === 'repaired').slice(0, mostKept);
  const since = new Map(before.damaged.map(({ item, sinceMs }) => [item, sinceMs]));
  const expires = found.findLast((finding) => finding.kind === 'expires');
  return {
    historyLost: refs.length === 0 ? before.historyLost : { run, refs: refs.map(({ kind: _kind, ...ref }) => ref) },
    missing: missing.map(({ kind: _kind, ...part }) => part),
    damaged: damaged.map(({ item, problem, sinceMs }) => ({ item, problem, sinceMs: since.get(item) ?? sinceMs })),
    repaired:
      repaired.length === 0 ? before.repaired : { run, mirrors: repaired.map(({ kind: _kind, ...mirror }) => mirror) },
    expiresAtMs: expires?.atMs ?? null,
  };
}
