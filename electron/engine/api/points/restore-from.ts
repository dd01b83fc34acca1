/** From which repository a restore reads: the one that a call names, a site in its place, or whichever else answers. */
import type { RepositoryAccess } from '../../../../shared/contract/common.ts';
import { HoldfastError, toHoldfastError } from '../../../../shared/model/errors.ts';
import { probe } from '../../connections/probe.ts';
import { readFact } from '../../repository/format/snapshot.ts';
import type { Repository } from '../../repository/repository.ts';
import { listSnapshots, type StoredSnapshot } from '../../repository/snapshots.ts';
import { openAccess } from '../access.ts';
import type { CallContext } from '../context.ts';
import { mustFindSite, openSite } from '../site-access.ts';
import { passwordOf } from '../sites.ts';
import { rankedPlaces } from './rank.ts';
import { knownPlaces, openPlace } from './places.ts';

export type RestoreFrom = {
  readonly repository: Repository;
  /** As the repository has them. */
  readonly selections: readonly string[];
  /** For people. */
  readonly name: string;
};

/**
 * `<snapshot>[:path]` may name a snapshot as it is called at the site or where it was taken. SITE_UNKNOWN, SNAPSHOT_NOT_FOUND,
 * SNAPSHOT_AMBIGUOUS, and what opening throws; where the named repository does not answer, the error says where else it lies.
 */
export async function openFrom(
  context: CallContext,
  access: RepositoryAccess,
  { from, selections }: { readonly from: string | undefined; readonly selections: readonly string[] },
): Promise<RestoreFrom> {
  if (from === undefined) {
    const repository = await openAccess(context, access).catch((error: unknown) =>
      sayWhereElse(context, access, selections, error),
    );
    return { repository, selections, name: repository.backend.location };
  }
  const site = await mustFindSite(context, from);
  const repository = await openSite(context, site, passwordOf(access));
  const { snapshots } = await listSnapshots(repository);
  const own = snapshots.filter(
    ({ file }) => (readFact(file.tags, 'tenant') ?? context.caller.tenant) === context.caller.tenant,
  );
  return { repository, selections: selections.map((selection) => asCalledThere(own, selection, from)), name: from };
}

/** By its id there, or as it is called where it was taken. */
function asCalledThere(snapshots: readonly StoredSnapshot[], selection: string, site: string): string {
  const colon = selection.indexOf(':');
  const name = colon < 0 ? selection : selection.slice(0, colon);
  const rest = colon < 0 ? '' : selection.slice(colon);
  if (name === 'latest') return selection;
  const isBeginning = /^[0-9a-f]{1,64}$/.test(name);
  const found = isBeginning
    ? snapshots.filter(({ id, file }) => id.startsWith(name) || (file.original ?? '').startsWith(name))
    : [];
  const [one] = found;
  if (one === undefined)
    throw new HoldfastError('SNAPSHOT_NOT_FOUND', `${site} holds no snapshot that is called ${name}.`);
  if (found.length > 1)
    throw new HoldfastError('SNAPSHOT_AMBIGUOUS', `${found.length} snapshots at ${site} begin with ${name}.`);
  return `${one.id}${rest}`;
}

/** It does not answer, its password is lost, or its config and keys are: other copies have their own. */
const unreachable: ReadonlySet<string> = new Set([
  'REPOSITORY_UNREACHABLE',
  'NOT_A_REPOSITORY',
  'WRONG_PASSWORD',
  'REPOSITORY_DAMAGED',
  'STORED_FILE_DAMAGED',
  'IO_ERROR',
]);

/** On the day on which the repository is gone, whoever restores has to hear where else it is. */
async function sayWhereElse(
  context: CallContext,
  access: RepositoryAccess,
  selections: readonly string[],
  error: unknown,
): Promise<never> {
  const { code, message } = toHoldfastError(error);
  if (!unreachable.has(code)) throw error;
  const names = selections.map((selection) => selection.split(':')[0] ?? '');
  const sites = await sitesWith(context, access, names).catch(() => []);
  if (sites.length === 0) throw error;
  const words = sites.map((name) => `--from ${/^[\w.-]+$/.test(name) ? name : JSON.stringify(name)}`).join(', or ');
  throw new HoldfastError(code, `${message} It can be restored from elsewhere: ${words}.`, { cause: error });
}

/** Names of sites that hold all of them, as far as the catalog knows. */
async function sitesWith(
  context: CallContext,
  access: RepositoryAccess,
  names: readonly string[],
): Promise<readonly string[]> {
  const { catalog, caller } = context;
  const places = [...(await knownPlaces(context, access)).values()].filter(({ kind }) => kind === 'site');
  const holding: string[] = [];
  for (const { repository, name } of places) {
    const there = await catalog.read('heldAt.list', caller, { repository });
    const holds = (wanted: string): boolean =>
      wanted === 'latest'
        ? there.length > 0
        : there.some(({ id, original }) => id.startsWith(wanted) || original.startsWith(wanted));
    if (names.every(holds)) holding.push(name);
  }
  return holding;
}

/**
 * Of a run that has begun: the repository it was created with, or, where that does not answer now, the place that holds all
 * of its snapshots and is expected to be done first. `named` is what each snapshot is called there.
 */
export async function openAgain(
  context: CallContext,
  access: RepositoryAccess,
  snapshots: readonly string[],
): Promise<{
  readonly repository: Repository;
  readonly name: string | null;
  readonly named: ReadonlyMap<string, string>;
}> {
  const same = new Map(snapshots.map((snapshot) => [snapshot, snapshot]));
  let failure: HoldfastError;
  try {
    const repository = await openAccess(context, access);
    const problem = await probe(repository);
    if (problem === null) return { repository, name: null, named: same };
    failure = problem;
  } catch (error) {
    failure = toHoldfastError(error);
  }
  if (!unreachable.has(failure.code)) throw failure;
  const { places } = await rankedPlaces(context, { snapshots, bytes: null });
  const next = places.find(({ usable }) => usable);
  const known =
    next === undefined ? undefined : (await knownPlaces(context, undefined)).get(next.place.repository ?? '');
  if (next === undefined || known === undefined) throw failure;
  return {
    repository: await openPlace(context, known, access),
    name: next.place.name,
    named: new Map(Object.entries(next.place.snapshots)),
  };
}
