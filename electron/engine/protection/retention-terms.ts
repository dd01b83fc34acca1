/** What this home knows of what retention goes by: profiles, decisions of operators, locks, suspects. */
import type { Caller } from '../../../shared/contract/common.ts';
import { unsentSnapshots, type PlacedSnapshot } from '../../../shared/model/sync-plan.ts';
import type { RetentionTerms } from '../../../shared/model/period-retention.ts';
import { caseOfSource, caseWords, holdsInForce } from '../../../shared/model/hold-cases.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { machineZone } from '../platform/machine-zone.ts';

export type Scope = { readonly catalog: Catalog; readonly caller: Caller };

/** `repository` is the id in its config. Holds are those of this home and of its restore runs. */
export async function retentionTerms(
  { catalog, caller }: Scope,
  { source, repository, nowMs }: { readonly source: string; readonly repository: string; readonly nowMs: number },
): Promise<RetentionTerms> {
  const [rows, registered, holds, runs, suspects, decided, unlocks, cases] = await Promise.all([
    catalog.read('profiles.list', caller, null),
    catalog.read('registeredSources.find', caller, { name: source }),
    catalog.read('holds.list', caller, null),
    catalog.read('restoreRuns.held', caller, { repository }),
    catalog.read('incidents.suspects', caller, { limit: 10_000 }),
    catalog.read('retention.decided', caller, { source, repository }),
    catalog.read('retention.unlocks', caller, null),
    catalog.read('holdCases.list', caller, null),
  ]);
  const ofSource = caseOfSource(cases, source, nowMs);
  const ofCase = ofSource === null ? [] : await catalog.read('holdCases.snapshots', caller, { sources: [source] });
  const effective =
    registered === null
      ? null
      : await catalog.read('profiles.effective', caller, { name: source, tags: registered.tags });
  const open = runs.map(
    ({ snapshot, title, author }) => [snapshot, { reason: `the restore run "${title}" is open`, author }] as const,
  );
  const held = new Map<string, { reason: string; author: string }>(open);
  if (ofSource !== null)
    for (const snapshot of ofCase) held.set(snapshot, { reason: caseWords(ofSource), author: ofSource.author });
  for (const { snapshot, reason, author } of holdsInForce(holds, cases, nowMs)) held.set(snapshot, { reason, author });
  return {
    profiles: new Map(rows.map(({ profile, definition }) => [profile, definition])),
    effective: effective?.profile.profile ?? null,
    machineZone: machineZone(),
    nowMs,
    clockProblem: null,
    held,
    suspects: new Set(suspects.map(({ snapshot }) => snapshot)),
    unlocked: new Set(unlocks.filter(({ readyAtMs }) => readyAtMs <= nowMs).map(({ snapshot }) => snapshot)),
    approved: new Set(decided.approved),
    spared: new Set(decided.spared),
    unsent: await unsentOf({ catalog, caller }, repository, async () => {
      const here = await catalog.read('heldAt.list', caller, { repository });
      return here.filter((one) => one.source === source);
    }),
  };
}

/**
 * Of the snapshots in a repository, those that a rule keeps there until they are at its site, by the ids they have here, with
 * the sites. Where nobody knows what the site holds, all of them are.
 */
export async function unsentOf(
  { catalog, caller }: Scope,
  repository: string,
  snapshots: () => Promise<readonly PlacedSnapshot[]>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = (await catalog.read('sites.rules', caller, null)).filter(({ definition }) => definition.holdUntilSent);
  if (rows.length === 0) return new Map();
  const [sites, registered] = await Promise.all([
    catalog.read('sites.list', caller, null),
    catalog.read('registeredSources.list', caller, null),
  ]);
  const repositoryOf = new Map(sites.map(({ definition }) => [definition.name, definition.repository]));
  const tags = new Map(registered.map((one) => [one.name, one.tags]));
  const scenes = await Promise.all(
    sites
      // What came to the site itself was sent.
      .filter(({ definition }) => definition.repository !== repository)
      .map(async ({ definition }) => {
        const rules = rows
          .filter(({ definition: { to, from } }) => {
            // A rule that reads from another site holds nothing here.
            return to === definition.name && (from === null || repositoryOf.get(from) === repository);
          })
          .map(({ rule, definition: one }) => ({ ...one, id: rule }));
        const [at, settled] = await Promise.all([
          catalog.read('heldAt.list', caller, { repository: definition.repository }),
          catalog.read('syncItems.sent', caller, { repository: definition.repository }),
        ]);
        const tagsOf = (name: string): readonly string[] => tags.get(name) ?? [];
        return { site: definition.name, rules, at, tagsOf, settled: new Set(settled.map(({ snapshot }) => snapshot)) };
      }),
  );
  return unsentSnapshots(await snapshots(), scenes);
}
