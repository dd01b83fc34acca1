/** Repositories and regions that hold a recovery point, by the names they have for people. */
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { NativeView } from '../../../../shared/contract/native.ts';
import type { PointPlace } from '../../../../shared/contract/points.ts';
import type { RepositoryAccess } from '../../../../shared/contract/common.ts';
import { restoreRegions } from '../../../../shared/model/restore-regions.ts';
import { coveragePercent, defaultScrubDays } from '../../../../shared/model/scrub.ts';
import type { PointCopy } from '../../catalog/points.ts';
import type { SiteRow } from '../../catalog/sites.ts';
import type { ConnectionView } from '../../connections/connections.ts';
import type { Repository } from '../../repository/repository.ts';
import { openAccess } from '../access.ts';
import type { CallContext } from '../context.ts';
import { numberSetting } from '../number-setting.ts';
import { connectionOf, knownSites, openSite } from '../site-access.ts';
import { passwordOf, primaryId } from '../sites.ts';

/** A repository that the catalog knows, as this home can reach it. */
export type KnownPlace = {
  readonly kind: 'primary' | 'site' | 'connection';
  readonly name: string;
  readonly repository: string;
  readonly location: string;
  readonly connection: ConnectionView | null;
  readonly site: SiteRow | null;
  /** As a command names it, where it does. */
  readonly access: RepositoryAccess | null;
  readonly damaged: ReadonlySet<string>;
  readonly readPercent: number | null;
  readonly readDays: number;
  readonly state: PointPlace['state'];
};

/** By id in the config, the primary one first, then sites in their order. `access`: the repository that a command names. */
export async function knownPlaces(
  context: CallContext,
  access: RepositoryAccess | undefined,
): Promise<ReadonlyMap<string, KnownPlace>> {
  const { catalog, caller } = context;
  const [connections, sites, primary, readDays, looks] = await Promise.all([
    context.connections.list(caller),
    knownSites(context).catch(() => []),
    // Also where the one that a command names does not answer.
    primaryId(context, access).catch(() => primaryId(context, undefined).catch(() => null)),
    numberSetting(context, 'scrub.days', defaultScrubDays),
    catalog.read('sites.looks', caller, null),
  ]);
  const ids = [
    ...(primary === null ? [] : [primary]),
    ...sites.map(({ definition }) => definition.repository),
    ...connections.map(({ repository }) => repository),
  ];
  const places = new Map<string, KnownPlace>();
  for (const repository of new Set(ids)) {
    const site = sites.find(({ definition }) => definition.repository === repository) ?? null;
    const connection =
      site === null
        ? (connections.find((one) => one.repository === repository) ?? null)
        : connectionOf(site.definition, connections);
    const [scrub, damage] = await Promise.all([
      catalog.read('integrity.scrub', caller, { repository }),
      catalog.read('integrity.damage', caller, { repository }),
    ]);
    const isNamed = repository === primary && access !== undefined;
    const location = isNamed && 'location' in access ? access.location : '';
    const look = site === null ? null : (looks.find((one) => one.site === site.definition.name) ?? null);
    places.set(repository, {
      kind: repository === primary ? 'primary' : site === null ? 'connection' : 'site',
      name: site?.definition.name ?? connection?.name ?? 'primary repository',
      repository,
      location: connection?.location ?? site?.definition.location ?? location,
      connection,
      site,
      access: isNamed ? access : null,
      damaged: new Set(damage.map(({ path }) => path)),
      readPercent: scrub?.coverage ? coveragePercent(scrub.coverage) : null,
      readDays,
      state: stateOf(connection, isNamed, look?.problem ?? null),
    });
  }
  return places;
}

function stateOf(
  connection: ConnectionView | null,
  isNamed: boolean,
  problem: { readonly code: string } | null,
): PointPlace['state'] {
  if (connection?.problem) return 'unreachable';
  if (problem !== null) return problem.code === 'PASSWORD_NEEDED' ? 'locked' : 'unreachable';
  if (isNamed) return 'open';
  if (connection === null) return 'unconnected';
  return connection.state;
}

/** Its open repository. PASSWORD_NEEDED, and what opening throws. */
export async function openPlace(
  context: CallContext,
  place: KnownPlace,
  given: RepositoryAccess | undefined,
): Promise<Repository> {
  const { site, connection, access, name } = place;
  if (access !== null) return openAccess(context, access);
  if (site !== null) return openSite(context, site, passwordOf(given));
  if (connection !== null) return context.connections.open(context.caller, { id: connection.id });
  throw new HoldfastError('PASSWORD_NEEDED', `Nobody has said the password of ${name} here yet.`);
}

/** The places of these copies, in the order of `places`; copies in repositories that nobody knows any more are left out. */
export function placesOf(copies: readonly PointCopy[], places: ReadonlyMap<string, KnownPlace>): PointPlace[] {
  return [...places.values()].flatMap((place) => {
    const copy = copies.find(({ repository }) => repository === place.repository);
    if (copy === undefined) return [];
    const { kind, name, repository, connection, state, damaged, readPercent, readDays } = place;
    return [
      {
        kind,
        name,
        connection: connection?.id ?? null,
        repository,
        snapshot: copy.snapshot,
        state,
        damagedFiles: damaged.size,
        readPercent,
        readDays,
        words: null,
      },
    ];
  });
}

/** Regions in which native snapshots of that run are completed, the one that takes least first. */
export function regionsOf(natives: readonly NativeView[], run: string | null): PointPlace[] {
  if (run === null) return [];
  return restoreRegions(natives, run).map(({ region, snapshots, words }) => ({
    kind: 'region',
    name: region,
    connection: null,
    repository: null,
    snapshot: snapshots.join(' '),
    state: 'open',
    damagedFiles: 0,
    readPercent: null,
    readDays: 0,
    words,
  }));
}
