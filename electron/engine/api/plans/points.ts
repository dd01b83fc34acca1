/** Recovery points of sources in every repository that can be read now, for plans: the one protected into first. */
import type { RepositoryAccess } from '../../../../shared/contract/common.ts';
import type { PlanPoint } from '../../../../shared/model/recovery-points.ts';
import { readFact } from '../../repository/format/snapshot.ts';
import type { Repository } from '../../repository/repository.ts';
import { listSnapshots } from '../../repository/snapshots.ts';
import { openAccess } from '../access.ts';
import type { CallContext } from '../context.ts';

export type HeldPoint = PlanPoint & {
  readonly source: string;
  readonly access: RepositoryAccess;
  /** Id in the config of the repository. */
  readonly repository: string;
  /** Null: the program that took it did not say. */
  readonly bytes: number | null;
};

export type HeldPoints = {
  readonly points: readonly HeldPoint[];
  /** Names of connected repositories that nobody can look into now. */
  readonly closed: readonly string[];
};

const mostSuspects = 10_000;

/** `given`: a repository beside those that are connected. Throws what keeps it from being opened. */
export async function heldPoints(context: CallContext, given: RepositoryAccess | null): Promise<HeldPoints> {
  const { connections, caller, catalog } = context;
  const all = await connections.list(caller);
  const suspects = await catalog.read('incidents.suspects', caller, { limit: mostSuspects });
  const suspect = new Set(suspects.map(({ snapshot }) => snapshot));
  const places: { readonly access: RepositoryAccess; readonly name: string }[] = [
    ...(given === null ? [] : [{ access: given, name: '' }]),
    ...all.toSorted((a, b) => Number(b.primary) - Number(a.primary)).map(({ id, name }) => ({ access: { id }, name })),
  ];
  const points: HeldPoint[] = [];
  const closed: string[] = [];
  const seen = new Set<string>();
  for (const { access, name } of places) {
    const isGiven = name === '';
    const repository = await openAccess(context, access).catch((error: unknown) => {
      if (isGiven) throw error;
      closed.push(name);
      return null;
    });
    if (repository === null || seen.has(repository.config.id)) continue;
    seen.add(repository.config.id);
    points.push(...(await pointsIn(repository, caller.tenant, { access, suspect })));
  }
  return { points, closed };
}

async function pointsIn(
  repository: Repository,
  tenant: string,
  { access, suspect }: { readonly access: RepositoryAccess; readonly suspect: ReadonlySet<string> },
): Promise<HeldPoint[]> {
  const { snapshots } = await listSnapshots(repository);
  return snapshots
    .filter(({ file: { tags } }) => (readFact(tags, 'tenant') ?? tenant) === tenant)
    .map(({ id, file, takenAtMs, source }) => ({
      snapshot: id,
      original: file.original ?? id,
      takenAtMs,
      status: readFact(file.tags, 'status') ?? 'unknown',
      suspect: suspect.has(id) || (file.original !== undefined && suspect.has(file.original)),
      source,
      access,
      repository: repository.config.id,
      bytes: file.summary?.total_bytes_processed ?? null,
    }));
}
