/** The clones of a tenant: found by their ids, and as they are shown, those of instances among them. */
import type { Clone } from '../../../../shared/contract/clones.ts';
import type { RegisteredSource } from '../../../../shared/contract/sources.ts';
import { isWithin } from '../../../../shared/model/clones.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { CloneRow } from '../../catalog/clones.ts';
import type { ClonedRun } from '../../catalog/restore-runs.ts';
import type { CallContext } from '../context.ts';
import { isConfigured } from '../is-configured.ts';

/** Ids that somebody is at in this process: one that is not there and not whole was cut off. */
const atWork = new Set<string>();

export async function whileAt<Result>(id: string, work: () => Promise<Result>): Promise<Result> {
  atWork.add(id);
  try {
    return await work();
  } finally {
    atWork.delete(id);
  }
}

export function isAtWork(id: string): boolean {
  return atWork.has(id);
}

/** By an id, or the beginning of one. CLONE_UNKNOWN, BAD_USAGE for one that AWS has. */
export async function mustFindClone(
  { catalog, caller }: Pick<CallContext, 'catalog' | 'caller'>,
  beginning: string,
): Promise<CloneRow> {
  const rows = await catalog.read('clones.list', caller, null);
  const [found, ...others] = rows.filter(({ id }) => id.startsWith(beginning));
  if (others.length > 0) throw new HoldfastError('BAD_USAGE', `More than one clone begins with ${beginning}.`);
  if (found !== undefined) return found;
  const instances = await catalog.read('restoreRuns.clones', caller, null);
  const instance = instances.find(({ run }) => run.startsWith(beginning));
  if (instance === undefined) throw new HoldfastError('CLONE_UNKNOWN', `No clone begins with ${beginning}.`);
  throw new HoldfastError(
    'BAD_USAGE',
    `That clone is an instance in AWS, where it takes rights that are asked for each time: \`holdfast aws restore undo ${instance.run.slice(0, 8)}\` ends it, \`holdfast aws restore close ${instance.run.slice(0, 8)}\` keeps it.`,
  );
}

export async function allClones(context: CallContext): Promise<Clone[]> {
  const { catalog, caller } = context;
  const rows = await catalog.read('clones.list', caller, null);
  const instances = await catalog.read('restoreRuns.clones', caller, null);
  const sources = await sourcesOf(context);
  return [...rows.map((row) => presentClone(row, sources)), ...instances.map(presentInstance)];
}

export async function sourcesOf(context: CallContext): Promise<readonly RegisteredSource[]> {
  if (!(await isConfigured(context))) return [];
  return context.catalog.read('registeredSources.list', context.caller, null);
}

export function presentClone(row: CloneRow, sources: readonly RegisteredSource[]): Clone {
  const { id, author, of, place, state, items, bytes, madeAtMs, expiresAtMs, trouble } = row;
  return {
    id,
    state,
    of,
    place,
    items,
    bytes,
    madeAt: new Date(madeAtMs).toISOString(),
    madeBy: author,
    expiresAt: new Date(expiresAtMs).toISOString(),
    trouble:
      trouble === null
        ? null
        : {
            kind: trouble.kind,
            at: new Date(trouble.atMs).toISOString(),
            count: trouble.count,
            detail: trouble.detail,
            items: [...trouble.items],
          },
    within: sources.flatMap((source) => (holds(source, row) ? [source.name] : [])),
  };
}

function holds(source: RegisteredSource, { place }: CloneRow): boolean {
  if (place.kind === 'bucket')
    return source.kind === 's3-bucket' && source.bucket === place.bucket && place.prefix.startsWith(source.prefix);
  if (place.kind === 'instance' || source.kind !== 'folder') return false;
  return source.paths.some((path) => isWithin(place.path, path));
}

/** How large it is, AWS says. */
function presentInstance({ run, title, author, createdAtMs, expiresAtMs }: ClonedRun): Clone {
  return {
    id: run,
    state: 'ready',
    of: null,
    place: { kind: 'instance', run, title },
    items: 1,
    bytes: 0,
    madeAt: new Date(createdAtMs).toISOString(),
    madeBy: author,
    expiresAt: expiresAtMs === null ? null : new Date(expiresAtMs).toISOString(),
    trouble: null,
    within: [],
  };
}
