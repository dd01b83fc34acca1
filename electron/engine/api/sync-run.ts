/** Sending to sites because somebody asks for it: what is to be sent is put into the queue, and waited for. */
import { reportError, HoldfastError } from '../../../shared/model/errors.ts';
import type { Progress, RepositoryAccess } from '../../../shared/contract/common.ts';
import type { SyncResult } from '../../../shared/contract/sync.ts';
import { defaultPriority } from '../../../shared/model/sync-rules.ts';
import type { SnapshotAt } from '../catalog/held-at.ts';
import type { SiteRow } from '../catalog/sites.ts';
import type { Voice } from '../jobs/voice.ts';
import { askByHand } from '../sites/fill-queue.ts';
import { openAccess } from './access.ts';
import type { CallContext } from './context.ts';
import { knownSites, openSite } from './site-access.ts';
import { noteQuietly } from './site-upkeep.ts';
import { passwordOf, rememberPrimary } from './sites.ts';
import { fillQueue, sitesFor, type SiteResult } from './sync-service.ts';

export type SyncRunInput = {
  readonly repository: RepositoryAccess;
  readonly to: string | null;
  readonly snapshots: readonly string[];
  readonly source?: string | undefined;
  readonly priority?: number | undefined;
  readonly now: boolean;
};

/** Before others: somebody waits for it. */
const handPriority = 0;

/** SITE_UNKNOWN, SITE_DISABLED, FROZEN, SNAPSHOT_NOT_FOUND, SNAPSHOT_AMBIGUOUS. What goes wrong at a site is in the result. */
export async function askFor(context: CallContext, input: SyncRunInput, voice: Pick<Voice, 'signal' | 'onNotice'>) {
  const incident = await context.catalog.read('incidents.open', context.caller, null);
  if (incident !== null) throw new HoldfastError('FROZEN', `Everything is frozen: ${incident.reason}`);
  const sites = await sitesFor(context, input.to);
  const enabled = sites.filter(({ definition }) => definition.enabled);
  const [asked] = sites;
  if (input.to !== null && enabled.length === 0 && asked !== undefined)
    throw new HoldfastError('SITE_DISABLED', `${asked.definition.name} is disabled.`);
  await context.sync.settle(context);
  const primary = await openAccess(context, input.repository);
  await noteQuietly(context, primary, voice);
  const id = await rememberPrimary(context, primary.config.id);
  const wanted: SiteRow[] = [];
  for (const site of enabled) {
    if (site.definition.repository === id) continue;
    await noteFirst(context, site, input, voice);
    const ids = await askForSite(context, site, input, id);
    if (ids.length > 0 || input.to !== null || (await hasOpen(context, site))) wanted.push(site);
  }
  return wanted;
}

export async function runSync(context: CallContext, input: SyncRunInput, voice: Voice): Promise<SyncResult> {
  const sites = await askFor(context, input, voice);
  const progress = new Map<string, Progress>();
  const results = await Promise.all(
    sites.map(async (site) => {
      const { name } = site.definition;
      const result = await context.sync.send(context, site, {
        primary: input.repository,
        otherwise: passwordOf(input.repository),
        listener: {
          onProgress: (one) => {
            progress.set(name, one);
            voice.onProgress(together([...progress.values()]));
          },
          onIssue: (issue) => voice.onIssue({ ...issue, path: `${name}: ${issue.path}` }),
          onNotice: (text) => voice.onNotice(sites.length === 1 ? text : `${name}: ${text}`),
          say: () => Promise.resolve(),
        },
        signal: voice.signal,
      });
      return present(name, result);
    }),
  );
  return { sites: results };
}

async function hasOpen({ catalog, caller }: CallContext, { definition: { name } }: SiteRow): Promise<boolean> {
  return (await catalog.read('syncItems.open', caller, { site: name })).some(({ state }) => state !== 'failed');
}

/** What it holds is not asked for. One that does not answer is found out again by whoever sends. */
async function noteFirst(
  context: CallContext,
  site: SiteRow,
  { repository }: SyncRunInput,
  voice: Pick<Voice, 'signal' | 'onNotice'>,
): Promise<void> {
  const there = await openSite(context, site, passwordOf(repository)).catch(() => null);
  if (there !== null) await noteQuietly(context, there, voice).catch(() => undefined);
}

async function askForSite(
  context: CallContext,
  site: SiteRow,
  input: SyncRunInput,
  primary: string,
): Promise<readonly string[]> {
  const { catalog, caller, nowMs } = context;
  const { snapshots, source, priority, now } = input;
  const isOf = (one: { readonly source: string }): boolean => source === undefined || one.source === source;
  const byHand = { site, origin: { name: null, repository: primary }, atOnce: now, atMs: nowMs() };
  if (snapshots.length > 0) {
    const ids = await resolve(context, primary, snapshots, isOf);
    return askByHand(context, { ...byHand, priority: priority ?? handPriority, chosen: ({ id }) => ids.has(id) });
  }
  const rules = await catalog.read('sites.rules', caller, null);
  const hasRule = rules.some(({ definition }) => definition.to === site.definition.name);
  if (hasRule && source === undefined) {
    const asked = await fillQueue(context, site, await knownSites(context), primary);
    if (now || priority !== undefined) await hasten(context, site, { now, priority });
    return asked;
  }
  if (input.to === null) return [];
  return askByHand(context, { ...byHand, priority: priority ?? defaultPriority, chosen: isOf });
}

/** What waits for the site already goes as whoever asks now wants it. */
async function hasten(
  { catalog, caller, nowMs }: CallContext,
  { definition: { name } }: SiteRow,
  { now, priority }: { readonly now: boolean; readonly priority: number | undefined },
): Promise<void> {
  const open = (await catalog.read('syncItems.open', caller, { site: name })).filter(({ state }) => state !== 'failed');
  const items = open.map((item) => ({ ...item, rule: null, atOnce: now, priority: priority ?? item.priority }));
  await catalog.write('syncItems.ask', caller, { items, atMs: nowMs() });
}

async function resolve(
  { catalog, caller }: CallContext,
  repository: string,
  references: readonly string[],
  isOf: (one: SnapshotAt) => boolean,
): Promise<ReadonlySet<string>> {
  const all = (await catalog.read('heldAt.list', caller, { repository })).filter(isOf);
  return new Set(references.map((reference) => oneOf(all, reference).id));
}

/** SNAPSHOT_NOT_FOUND, SNAPSHOT_AMBIGUOUS. By what it is called there, or where it was taken. */
export function oneOf(all: readonly SnapshotAt[], reference: string): SnapshotAt {
  const [latest] = all;
  if (reference === 'latest' && latest !== undefined) return latest;
  const found = all.filter(({ id, original }) => id.startsWith(reference) || original.startsWith(reference));
  const [first, second] = found;
  if (first === undefined) throw new HoldfastError('SNAPSHOT_NOT_FOUND', `No snapshot is called ${reference}.`);
  if (second !== undefined)
    throw new HoldfastError('SNAPSHOT_AMBIGUOUS', `${found.length} snapshots begin with ${reference}.`);
  return first;
}

function together(all: readonly Progress[]): Progress {
  const sum = (of: (one: Progress) => number): number => all.reduce((total, one) => total + of(one), 0);
  const total = (of: (one: Progress) => number | null): number | null =>
    all.some((one) => of(one) === null) ? null : sum((one) => of(one) ?? 0);
  return {
    phase: all.at(-1)?.phase ?? '',
    doneItems: sum(({ doneItems }) => doneItems),
    totalItems: total(({ totalItems }) => totalItems),
    doneBytes: sum(({ doneBytes }) => doneBytes),
    totalBytes: total(({ totalBytes }) => totalBytes),
    currentItem: null,
    issues: sum(({ issues }) => issues),
  };
}

function present(site: string, { problem, ...result }: SiteResult): SyncResult['sites'][number] {
  return { site, ...result, problem: problem === null ? null : reportError(problem) };
}
