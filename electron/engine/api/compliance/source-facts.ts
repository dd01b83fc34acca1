/** What is known of how sources are kept: their copies, who locks them, what was read and rehearsed, what was promised. */
import type { LockProof } from '../../../../shared/contract/compliance.ts';
import type { CopyFacts, SourceFactsOf } from '../../../../shared/model/compliance.ts';
import { thisWorkstation } from '../../../../shared/model/site-copies.ts';
import { lockProofMark } from '../../catalog/integrity.ts';
import type { SnapshotAt } from '../../catalog/held-at.ts';
import type { SiteRow } from '../../catalog/sites.ts';
import type { ConnectionView } from '../../connections/connections.ts';
import type { CallContext } from '../context.ts';
import { sourceDrills } from '../drills/drill-rules.ts';
import { connectionOf } from '../site-access.ts';
import { primaryId } from '../sites.ts';
import { locksOf } from '../storage/store-facts.ts';

/** `held`: what lies there by the name of its source, newest first. */
type Place = Omit<CopyFacts, 'newestGoodAtMs' | 'snapshot'> & {
  readonly held: ReadonlyMap<string | null, readonly SnapshotAt[]>;
};

/** Of all registered sources, by name. */
export async function sourceFacts(context: CallContext): Promise<SourceFactsOf[]> {
  const { catalog, caller } = context;
  const [drilled, rows, places] = await Promise.all([
    sourceDrills(context),
    catalog.read('drills.bySource', caller, null),
    knownPlaces(context),
  ]);
  return drilled
    .toSorted((a, b) => (a.source.name < b.source.name ? -1 : 1))
    .map(({ source: { name, addedAt }, profile }) => {
      const passed = (rows[name] ?? []).find(({ state }) => state === 'passed');
      const held = places.map((place) => ({ place, own: place.held.get(name) ?? [] }));
      return {
        source: name,
        addedAtMs: Date.parse(addedAt),
        copies: held.flatMap(({ place: { held: _held, ...place }, own }): CopyFacts[] => {
          const newest = own.find(({ good }) => good);
          return newest === undefined ? [] : [{ ...place, newestGoodAtMs: newest.takenAtMs, snapshot: newest.id }];
        }),
        drill:
          passed === undefined
            ? null
            : { id: passed.drill, endedAtMs: passed.endedAtMs ?? passed.startedAtMs, record: passed.evidence },
        profile:
          profile === null
            ? null
            : { name: profile.definition.name, definition: profile.definition, since: profile.since },
        snapshots: [...new Map(held.flatMap(({ own }) => own).map((one) => [one.original, one])).values()],
      };
    });
}

async function knownPlaces(context: CallContext): Promise<Place[]> {
  const { catalog, caller, connections } = context;
  const [sites, all, primary, facts] = await Promise.all([
    catalog.read('sites.list', caller, null),
    connections.list(caller),
    primaryId(context, undefined),
    catalog.read('integrity.facts', caller, null),
  ]);
  const own = sites.find(({ definition }) => definition.repository === primary);
  const others = sites.filter((site) => site !== own && site.definition.enabled);
  const places = primary === null ? [] : [{ repository: primary, site: own ?? null, name: null }];
  const wanted = [
    ...places,
    ...others.map((site) => ({ repository: site.definition.repository, site, name: site.definition.name })),
  ];
  return Promise.all(
    wanted.map(async ({ repository, site, name }) => {
      const connection = connectionFor(repository, site, all);
      const locks = connection === null ? null : await locksOf(context, connection, site, context.nowMs());
      const scrub = await catalog.read('integrity.scrub', caller, { repository });
      const proof = await readProof(context, repository);
      return {
        site: name,
        domain: site?.definition.domain ?? thisWorkstation,
        connection: connection?.id ?? null,
        lockedBy: locks?.by ?? null,
        proof: proof === null ? null : { atMs: Date.parse(proof.at), holds: proof.holds },
        scrubbedSinceMs: scrub?.coverage?.oldestReadAtMs ?? null,
        damage: facts[repository]?.damage ?? 0,
        held: Map.groupBy(await catalog.read('heldAt.list', caller, { repository }), ({ source }) => source),
      };
    }),
  );
}

/** Null where nobody has tried its locks out. */
export async function readProof(
  { catalog, caller }: Pick<CallContext, 'catalog' | 'caller'>,
  repository: string,
): Promise<LockProof | null> {
  const value = await catalog.read('marks.get', caller, { name: lockProofMark(repository) });
  return value === null ? null : (JSON.parse(value) as LockProof);
}

function connectionFor(
  repository: string,
  site: SiteRow | null,
  all: readonly ConnectionView[],
): ConnectionView | null {
  if (site !== null) return connectionOf(site.definition, all);
  return all.find((one) => one.repository === repository) ?? null;
}
