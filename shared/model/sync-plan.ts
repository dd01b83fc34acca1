/**
 * What the rules ask to be sent to a site, what of it is not worth sending, what may not expire before it was sent, and how
 * far behind the site is. Pure: from what is known of both places, and of the time.
 */
import { retainByPeriods, type LabelledSnapshot, type RetentionTerms } from './period-retention.ts';
import { labelForSite, profilesForSite } from './site-retention.ts';
import { rulesFor, type SyncRule } from './sync-rules.ts';

/** A snapshot at a place. */
export type PlacedSnapshot = LabelledSnapshot & {
  /** As it is called where it was taken. */
  readonly original: string;
  readonly source: string;
  readonly hostname: string;
  readonly status: string;
};

export type SyncScene = {
  /** Those from one place to one site. */
  readonly rules: readonly SyncRule[];
  readonly from: readonly PlacedSnapshot[];
  readonly at: readonly PlacedSnapshot[];
  /** As they are called where they were taken: sent once, or not to be sent. */
  readonly settled: ReadonlySet<string>;
  /** Of the source, as it is registered. */
  readonly tagsOf: (source: string) => readonly string[];
};

export type Wanted = { readonly snapshot: PlacedSnapshot; readonly rule: SyncRule };

/** Oldest first: what a chain of snapshots has in common then travels with the first of them. */
export function wantedSnapshots({ rules, from, at, settled, tagsOf }: SyncScene): readonly Wanted[] {
  const there = new Set(at.map(({ original }) => original));
  const wanted: Wanted[] = [];
  for (const snapshot of from) {
    if (there.has(snapshot.original) || settled.has(snapshot.original) || !maySend(snapshot)) continue;
    const [rule] = rulesFor(rules, { ...snapshot, sourceTags: tagsOf(snapshot.source) });
    if (rule !== undefined) wanted.push({ snapshot, rule });
  }
  return wanted.toSorted((a, b) => a.snapshot.takenAtMs - b.snapshot.takenAtMs);
}

/** What waits for others to complete is sent when it counts; what was fetched back is at a site already. */
export function maySend({ status, fetchedUntil }: PlacedSnapshot): boolean {
  return status !== 'pending' && fetchedUntil === undefined;
}

/** Of snapshots that are to be sent, those that the site's own retention would take away at once, and why; by `original`. */
export function notWorthSending(
  candidates: readonly PlacedSnapshot[],
  { rules, at, tagsOf }: Pick<SyncScene, 'rules' | 'at' | 'tagsOf'>,
  terms: RetentionTerms,
): ReadonlyMap<string, string> {
  const there = new Set(at.map(({ original }) => original));
  const all = [...at, ...candidates.filter(({ original }) => !there.has(original))];
  const found = new Map<string, string>();
  for (const decision of retainAtSite(all, rules, tagsOf, terms))
    if (!decision.keep) found.set(decision.original, decision.reasons.join('; '));
  for (const { original } of at) found.delete(original);
  return found;
}

export type KeptAtSite = {
  readonly id: string;
  readonly original: string;
  readonly keep: boolean;
  readonly untilMs: number | null;
  readonly reasons: readonly string[];
};

/** Decisions of the site's own retention about all that it holds, source by source. */
export function retainAtSite(
  snapshots: readonly PlacedSnapshot[],
  rules: readonly SyncRule[],
  tagsOf: (source: string) => readonly string[],
  terms: RetentionTerms,
): readonly KeptAtSite[] {
  const atSite = { ...terms, profiles: profilesForSite(terms.profiles, rules), effective: null };
  const originals = new Map(snapshots.map(({ id, original }) => [id, original]));
  return bySource(snapshots).flatMap((own) => {
    const labelled = own.map((one) =>
      labelForSite(one, { source: one.source, sourceTags: tagsOf(one.source) }, rules, terms.profiles),
    );
    return retainByPeriods(labelled, atSite).decisions.map(({ snapshot: { id }, keep, untilMs, reasons }) => ({
      id,
      original: originals.get(id) ?? id,
      keep,
      untilMs,
      reasons,
    }));
  });
}

/** Names of the sites that a snapshot of a source is still to be sent to, by its id, where a rule holds it until then. */
export function unsentSnapshots(
  snapshots: readonly PlacedSnapshot[],
  scenes: readonly (Omit<SyncScene, 'from'> & { readonly site: string })[],
): ReadonlyMap<string, readonly string[]> {
  const unsent = new Map<string, string[]>();
  for (const { site, rules, ...scene } of scenes) {
    const holding = rules.filter(({ holdUntilSent }) => holdUntilSent);
    for (const { snapshot } of wantedSnapshots({ ...scene, rules: holding, from: snapshots }))
      unsent.set(snapshot.id, [...(unsent.get(snapshot.id) ?? []), site]);
  }
  return unsent;
}

/** Epoch milliseconds; null: there is none. */
export type Lag = {
  readonly source: string;
  readonly newestAtMs: number | null;
  readonly sentAtMs: number | null;
  /** What would be missing if only the site were left; null: nothing was sent yet. */
  readonly lagMs: number | null;
  /** When the oldest of what is newer than what was sent was taken; null: nothing is. */
  readonly behindSinceMs: number | null;
  /** Of the source, at the site. */
  readonly snapshots: number;
};

/** Of each source that a rule sends there, or of which something is there; the worst first. */
export function lagsOf({ rules, from, at, tagsOf }: Omit<SyncScene, 'settled'>): readonly Lag[] {
  const isRuled = (one: PlacedSnapshot): boolean =>
    rulesFor(rules, { ...one, sourceTags: tagsOf(one.source) }).length > 0;
  const there = new Set(at.map(({ source }) => source));
  const sent = from.filter((one) => one.good && maySend(one) && (there.has(one.source) || isRuled(one)));
  const sources = new Set([...sent, ...at].map(({ source }) => source));
  const lags = [...sources].map((source) => lagOf(source, sent, at));
  const weight = ({ newestAtMs, lagMs }: Lag): number => lagMs ?? (newestAtMs === null ? -1 : Infinity);
  return lags.toSorted((a, b) => weight(b) - weight(a) || (a.source < b.source ? -1 : 1));
}

function lagOf(source: string, from: readonly PlacedSnapshot[], at: readonly PlacedSnapshot[]): Lag {
  const own = from.filter((one) => one.source === source);
  const there = at.filter((one) => one.source === source);
  const newestAtMs = newest(own);
  const sentAtMs = newest(there.filter(({ good }) => good));
  const missing = own.filter(({ takenAtMs }) => takenAtMs > (sentAtMs ?? -Infinity)).map(({ takenAtMs }) => takenAtMs);
  return {
    source,
    newestAtMs,
    sentAtMs,
    lagMs: sentAtMs === null ? null : Math.max(0, (newestAtMs ?? sentAtMs) - sentAtMs),
    behindSinceMs: missing.length === 0 ? null : Math.min(...missing),
    snapshots: there.length,
  };
}

function newest(snapshots: readonly PlacedSnapshot[]): number | null {
  return snapshots.reduce<number | null>(
    (latest, { takenAtMs }) => (latest === null || takenAtMs > latest ? takenAtMs : latest),
    null,
  );
}

function bySource(snapshots: readonly PlacedSnapshot[]): readonly (readonly PlacedSnapshot[])[] {
  const groups = new Map<string, PlacedSnapshot[]>();
  for (const snapshot of snapshots) {
    const key = JSON.stringify([snapshot.source, snapshot.hostname]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [snapshot]);
    else group.push(snapshot);
  }
  return [...groups.values()];
}
