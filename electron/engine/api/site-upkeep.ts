/** After something was sent to a site: the configuration goes there too, and what the site's own retention no longer keeps goes. */
import { join } from 'node:path';
import type { RepositoryAccess } from '../../../shared/contract/common.ts';
import { toHoldfastError } from '../../../shared/model/errors.ts';
import type { LabelledSnapshot, RetentionTerms } from '../../../shared/model/period-retention.ts';
import { labelForSite, profilesForSite } from '../../../shared/model/site-retention.ts';
import type { SyncRule } from '../../../shared/model/sync-rules.ts';
import type { SiteRow } from '../catalog/sites.ts';
import { frozenBy, heldSnapshots } from '../configuration/held.ts';
import { saveHere } from '../configuration/save.ts';
import { noteSnapshots } from '../indexing/bring-up-to-date.ts';
import type { Voice } from '../jobs/voice.ts';
import { retentionTerms } from '../protection/retention-terms.ts';
import { isConfiguration } from '../repository/configuration.ts';
import { readFact } from '../repository/format/snapshot.ts';
import type { Repository } from '../repository/repository.ts';
import { loadSnapshots, type StoredSnapshot } from '../repository/snapshots.ts';
import { expireSnapshots, type SourceKey } from '../repository/upkeep/expire.ts';
import { retainAtSite } from '../../../shared/model/sync-plan.ts';
import { asRule, sourceTags } from '../sites/fill-queue.ts';
import { refuseRemoval } from './fence.ts';
import { openAccess } from './access.ts';
import { noteLetGo } from './let-go.ts';
import { noteRemovals } from './note-removals.ts';
import { arrivalsIn } from './arrivals-in.ts';
import { clockProblem } from './clock.ts';
import type { CallContext } from './context.ts';

type Quiet = Pick<Voice, 'signal' | 'onNotice'>;

/** So that a new home finds sources, profiles and sites also where only the site is left. */
export async function saveConfigurationAt(context: CallContext, to: Repository, { onNotice }: Quiet): Promise<void> {
  try {
    await saveHere(context, to, onNotice);
  } catch (error) {
    onNotice(`The configuration is not at the site yet. ${toHoldfastError(error).message}`);
  }
}

/**
 * What the primary repository has of configurations goes along, so that damage to any of its snapshots can be repaired from
 * the site. Where none has come since, that costs a look into the catalog.
 */
export async function copyConfigurations(
  context: CallContext,
  primary: RepositoryAccess | null,
  to: Repository,
  { signal, onNotice }: Quiet,
): Promise<void> {
  const { catalog, caller, home } = context;
  if (primary === null) return;
  try {
    const from = await openAccess(context, primary);
    if (from.config.id === to.config.id) return;
    const revision = await catalog.read('configuration.savedRevision', caller, { repository: from.config.id });
    const mark = { name: `configurations ${from.config.id.slice(0, 16)} ${to.config.id.slice(0, 16)}` };
    if (revision === null || (await catalog.read('marks.get', caller, mark)) === String(revision)) return;
    const { snapshots } = await loadSnapshots(from);
    const wanted = snapshots.filter(({ file }) => isConfiguration(file.tags)).map(({ id }) => id);
    const { copySnapshots } = await import('../repository/copy/copy-snapshots.ts');
    const { outcomes } = await copySnapshots({
      from,
      to,
      snapshots: wanted,
      signal,
      onProgress: () => undefined,
      onSnapshot: () => undefined,
      onNotice,
      memory: join(home, 'cache', 'sync'),
    });
    if (outcomes.every(({ state }) => state !== 'failed'))
      await catalog.write('marks.set', caller, { ...mark, value: String(revision) });
  } catch (error) {
    signal.throwIfAborted();
    onNotice(`Configurations of the primary repository are not at the site yet. ${toHoldfastError(error).message}`);
  }
}

export async function noteQuietly(
  { catalog, caller }: Pick<CallContext, 'catalog' | 'caller'>,
  repository: Repository,
  { signal, onNotice }: Quiet,
): Promise<void> {
  await noteSnapshots({
    catalog,
    caller,
    repository,
    signal,
    onNotice,
    onProgress: () => undefined,
    onIssue: ({ path, message }) => onNotice(`Not in the catalog: ${path}: ${message}`),
  });
}

/** Ids at the site that have gone. Never throws for what is no fault of the transfer: the next one tries again. */
export async function expireAtSite(
  context: CallContext,
  site: SiteRow,
  to: Repository,
  voice: Quiet,
): Promise<readonly string[]> {
  if (site.definition.appendOnly) return [];
  try {
    const due = await sourcesWithExpired(context, site, to.config.id);
    if (due.length === 0) return [];
    const freeze = await frozenBy(context, to, voice.onNotice);
    if (freeze !== null) return [];
    const gone: string[] = [];
    for (const of of due) gone.push(...(await expireSource(context, site, to, of, voice)));
    await noteQuietly(context, to, voice);
    const { catalog, caller } = context;
    const atMs = context.nowMs();
    await catalog.write('upkeep.removed', caller, { repository: to.config.id, count: gone.length, atMs });
    return gone;
  } catch (error) {
    voice.signal.throwIfAborted();
    voice.onNotice(
      `Retention at ${site.definition.name} could not be brought to its end. ${toHoldfastError(error).message}`,
    );
    return [];
  }
}

/** As far as the catalog knows: asking costs nothing there. */
async function sourcesWithExpired(
  context: CallContext,
  { definition }: SiteRow,
  repository: string,
): Promise<readonly SourceKey[]> {
  const { catalog, caller } = context;
  const [at, rules, tagsOf, terms] = await Promise.all([
    catalog.read('heldAt.list', caller, { repository }),
    rulesTo(context, definition.name),
    sourceTags(context),
    siteTerms(context, '', repository),
  ]);
  const gone = new Set(retainAtSite(at, rules, tagsOf, terms).flatMap(({ id, keep }) => (keep ? [] : [id])));
  const keys = at.filter(({ id }) => gone.has(id)).map(({ source, hostname }) => JSON.stringify([source, hostname]));
  return [...new Set(keys)].map((key) => {
    const [source, hostname] = JSON.parse(key) as [string, string];
    return { source, hostname };
  });
}

async function expireSource(
  context: CallContext,
  { definition }: SiteRow,
  to: Repository,
  of: SourceKey,
  { signal, onNotice }: Quiet,
): Promise<readonly string[]> {
  const { catalog, caller } = context;
  const [rules, tagsOf, cleared, profiles] = await Promise.all([
    rulesTo(context, definition.name),
    sourceTags(context),
    catalog.read('incidents.cleared', caller, null),
    catalog.read('profiles.list', caller, null),
  ]);
  const known = new Map(profiles.map(({ profile, definition: one }) => [profile, one]));
  const { removed, removals, kept, retention } = await expireSnapshots({
    repository: to,
    caller,
    of,
    clearedSuspects: new Set(await namesAtSite(context, to.config.id, cleared)),
    relabel: ({ file }: StoredSnapshot, labelled: LabelledSnapshot) => {
      const source = readFact(file.tags, 'source') ?? '';
      return labelForSite(labelled, { source, sourceTags: tagsOf(source) }, rules, known);
    },
    arrivals: await arrivalsIn(context, to, onNotice),
    terms: async ({ source }) => {
      await refuseRemoval(context, to, onNotice);
      const [terms, held] = await Promise.all([
        siteTerms(context, source, to.config.id),
        heldSnapshots(context, to, onNotice),
      ]);
      const all = new Map([...terms.held, ...held]);
      const problem = await clockProblem(context);
      return {
        ...terms,
        held: all,
        profiles: profilesForSite(terms.profiles, rules),
        effective: null,
        clockProblem: problem,
      };
    },
    waitMs: 60_000,
    signal,
    onNotice,
    onRemoved: (ids) => ids.forEach((id) => onNotice(`Snapshot ${id.slice(0, 8)} has expired at ${definition.name}.`)),
  });
  await noteLetGo(context, to.config.id, { kept, removed });
  await noteRemovals(context, to.config.id, 'site', removals);
  const { review } = retention;
  if (review !== null)
    await catalog.write('retention.ask', caller, {
      source: of.source,
      repository: to.config.id,
      ...review,
      reason: `At ${definition.name}: ${review.reason}`,
      atMs: context.nowMs(),
    });
  else await catalog.write('retention.withdraw', caller, { source: of.source, repository: to.config.id });
  return removed;
}

/** As where it was taken, with what is said of a snapshot there meant of its copies too. */
export async function siteTerms(context: CallContext, source: string, repository: string): Promise<RetentionTerms> {
  const { catalog, caller } = context;
  const [terms, at] = await Promise.all([
    retentionTerms(context, { source, repository, nowMs: context.nowMs() }),
    catalog.read('heldAt.list', caller, { repository }),
  ]);
  const held = new Map(terms.held);
  const suspects = new Set(terms.suspects);
  const unlocked = new Set(terms.unlocked);
  for (const { id, original } of at) {
    const hold = terms.held.get(original);
    if (hold !== undefined) held.set(id, hold);
    if (terms.suspects.has(original)) suspects.add(id);
    if (terms.unlocked.has(original)) unlocked.add(id);
  }
  return { ...terms, held, suspects, unlocked };
}

export async function rulesTo({ catalog, caller }: CallContext, site: string): Promise<readonly SyncRule[]> {
  const rows = await catalog.read('sites.rules', caller, null);
  return rows.filter(({ definition }) => definition.to === site).map(asRule);
}

/** Those of the originals that are there, as they are called there, and the originals themselves. */
async function namesAtSite(
  { catalog, caller }: CallContext,
  repository: string,
  originals: readonly string[],
): Promise<readonly string[]> {
  const wanted = new Set(originals);
  const at = await catalog.read('heldAt.list', caller, { repository });
  return [...originals, ...at.filter(({ original }) => wanted.has(original)).map(({ id }) => id)];
}
