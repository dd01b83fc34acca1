/** What must not be forgotten: snapshots held here, and those held by other consoles that use the same repository. */
import type { HoldRow } from '../catalog/holds.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { withConfigurations, type StoredConfiguration } from '../repository/configuration.ts';
import type { Repository } from '../repository/repository.ts';
import { caseOfSource, caseWords, holdsInForce, isHolding, type HoldCase } from '../../../shared/model/hold-cases.ts';
import { readFact } from '../repository/format/snapshot.ts';
import { byConsole, caseFromDocument, newestReadable } from './adopt.ts';
import type { ReadConfiguration } from './document.ts';
import { listSnapshots, loadSnapshots, type SnapshotListing } from '../repository/snapshots.ts';
import { refuseWhenTakenOver } from './ownership.ts';
import { bringBackWhatWasLost, type ConfigurationScope } from './save.ts';

/** Reasons and authors by the id of the snapshot. */
export type HeldSnapshots = ReadonlyMap<string, Pick<HoldRow, 'reason' | 'author'>>;

/** `console` is the name of another one that has frozen it; null: this one. */
export type Freeze = {
  readonly reason: string;
  readonly author: string;
  readonly sinceMs: number;
  readonly console: string | null;
};

/**
 * All holds of the caller's tenant. Throws where they cannot be known, and then nothing may be forgotten:
 * CONFIGURATION_LOST, CONFIGURATION_UNREADABLE (of another console, with its id in the message).
 */
export async function heldSnapshots(
  scope: ConfigurationScope,
  repository: Repository,
  onNotice: (text: string) => void,
  nowMs = Date.now(),
): Promise<HeldSnapshots> {
  const { catalog, caller } = scope;
  await bringBackWhatWasLost(scope, () => Promise.resolve(repository), onNotice);
  const state = await catalog.read('configuration.state', caller, null);
  const own = state === null ? [] : await catalog.read('holds.list', caller, null);
  const gone = state === null ? [] : [state.console, ...state.replaces];
  const others = await othersConfigurations(repository, caller.tenant, new Set(gone), onNotice);
  const held = new Map<string, Pick<HoldRow, 'reason' | 'author'>>();
  const ownCases = state === null ? [] : await catalog.read('holdCases.list', caller, null);
  const theirs = others.map(({ document }) => ({ holds: document.holds, cases: document.cases.map(caseFromDocument) }));
  // A case holds what its sources have here, whoever took it, also what the catalog has not seen yet.
  for (const { cases } of [...theirs, { cases: ownCases }])
    for (const [snapshot, why] of await heldByCases(repository, cases, nowMs)) held.set(snapshot, why);
  for (const { holds, cases } of [...theirs, { holds: own, cases: ownCases }])
    for (const { snapshot, reason, author } of holdsInForce<HoldInForce>(holds, cases, nowMs))
      held.set(snapshot, { reason, author });
  // Whoever restores needs them until the run is closed.
  const runs = await catalog.read('restoreRuns.held', caller, { repository: repository.config.id });
  for (const { snapshot, title, author } of runs)
    if (!held.has(snapshot)) held.set(snapshot, { reason: `the restore run "${title}" is open`, author });
  return held;
}

type HoldInForce = Pick<HoldRow, 'snapshot' | 'reason' | 'author' | 'case'>;

async function heldByCases(repository: Repository, cases: readonly HoldCase[], nowMs: number): Promise<HeldSnapshots> {
  const held = new Map<string, { readonly reason: string; readonly author: string }>();
  if (!cases.some((one) => one.sources.length > 0 && isHolding(one, nowMs))) return held;
  const { snapshots } = await listSnapshots(repository);
  for (const { id, file } of snapshots) {
    const source = readFact(file.tags, 'source') ?? '';
    const one = source === '' ? null : caseOfSource(cases, source, nowMs);
    if (one !== null) held.set(id, { reason: caseWords(one), author: one.author });
  }
  return held;
}

/** Who has frozen everything in this repository, of this console or another one; null while nobody has. */
export async function frozenBy(
  scope: ConfigurationScope,
  repository: Repository,
  onNotice: (text: string) => void,
  listing?: SnapshotListing,
): Promise<Freeze | null> {
  const { catalog, caller } = scope;
  await bringBackWhatWasLost(scope, () => Promise.resolve(repository), onNotice);
  const own = await catalog.read('incidents.open', caller, null);
  if (own !== null) return { ...own, console: null };
  const state = await catalog.read('configuration.state', caller, null);
  const gone = state === null ? [] : [state.console, ...state.replaces];
  const others = await othersConfigurations(repository, caller.tenant, new Set(gone), onNotice, listing);
  const [frozen] = others.flatMap(({ document: { incident, console } }) =>
    incident === null ? [] : [{ ...incident, sinceMs: Date.parse(incident.since), console: console.name }],
  );
  return frozen ?? null;
}

/** FROZEN, CONSOLE_PASSIVE. To be asked before anything is taken out of a repository, and before what only an earlier snapshot needs goes. */
export async function refuseWhileFrozen(
  scope: ConfigurationScope,
  repository: Repository,
  onNotice: (text: string) => void,
): Promise<void> {
  const listing = await loadSnapshots(repository);
  await refuseWhenTakenOver(scope, listing.snapshots, () => undefined);
  const freeze = await frozenBy(scope, repository, onNotice, listing);
  if (freeze === null) return;
  const where = freeze.console === null ? '' : ` on the console ${freeze.console}`;
  const since = new Date(freeze.sinceMs).toISOString();
  throw new HoldfastError('FROZEN', `${freeze.author} froze everything${where} at ${since}: ${freeze.reason}`);
}

/** The newest of every other console that still counts. */
async function othersConfigurations(
  repository: Repository,
  tenant: string,
  gone: Set<string | null>,
  onNotice: (text: string) => void,
  listing?: SnapshotListing,
): Promise<readonly ReadConfiguration[]> {
  const read = async (stored: readonly StoredConfiguration[]): Promise<readonly ReadConfiguration[]> => {
    const found: ReadConfiguration[] = [];
    // The newest come first, so that one that replaced others is read before them.
    for (const own of byConsole(stored)) {
      if (gone.has(own[0]?.console ?? null)) continue;
      const newest = await newestReadable(own, tenant, onNotice);
      for (const id of newest.document.replaces) gone.add(id);
      found.push(newest);
    }
    return found.filter(({ document }) => !gone.has(document.console.id));
  };
  return withConfigurations(repository, tenant, read, listing);
}
