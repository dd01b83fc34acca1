/** What is known of the places of repositories: what they hold, what fits, and who keeps it from being removed. */
import { mostDays } from '../../../../shared/model/forecast.ts';
import { lockMark } from '../../catalog/integrity.ts';
import type { LockFacts } from '../../../../shared/model/lock-upkeep.ts';
import { parseBudgets, type StoreFacts, type StoreLocks } from '../../../../shared/model/storage.ts';
import type { UsageRow } from '../../catalog/usage.ts';
import type { SiteRow } from '../../catalog/sites.ts';
import type { ConnectionView } from '../../connections/connections.ts';
import type { CallContext } from '../context.ts';

type Scope = Pick<CallContext, 'catalog' | 'caller'>;

export type KnownStore = StoreFacts & {
  readonly connection: ConnectionView;
  readonly site: SiteRow | null;
};

const dayMs = 86_400_000;

/** Of these connections, each with what was measured of it so far. */
export async function knownStores(
  { catalog, caller }: Scope,
  connections: readonly ConnectionView[],
  nowMs: number,
): Promise<KnownStore[]> {
  const [rows, settings, sites] = await Promise.all([
    catalog.read('usage.list', caller, { repository: null, sinceMs: nowMs - mostDays * dayMs }),
    catalog.read('settings.list', caller, null),
    catalog.read('sites.list', caller, null),
  ]);
  const byRepository = Map.groupBy(rows, ({ repository }) => repository);
  const text = settings.find(({ key }) => key === 'storage.budgets')?.value;
  const parsed = parseBudgets(typeof text === 'string' ? text : '');
  const budgets = 'problem' in parsed ? new Map<string, number>() : parsed.budgets;
  return Promise.all(
    connections.map(async (connection) => {
      const site = sites.find(({ definition }) => definition.repository === connection.repository) ?? null;
      const name = site?.definition.name ?? connection.name;
      const samples = byRepository.get(connection.repository) ?? [];
      const locks = await locksOf({ catalog, caller }, connection, site, nowMs);
      return { id: connection.id, name, samples, ...fitting(samples, budgets.get(name)), locks, connection, site };
    }),
  );
}

/** The smaller of what the place and what an operator says. */
function fitting(samples: readonly UsageRow[], budget: number | undefined): Pick<StoreFacts, 'fitsBytes' | 'fitsFrom'> {
  const { fitsBytes = null, fitsFrom = null } = samples.at(-1) ?? {};
  if (budget === undefined || (fitsBytes !== null && fitsBytes <= budget)) return { fitsBytes, fitsFrom };
  return { fitsBytes: budget, fitsFrom: 'budget' };
}

/** Who keeps what lies there: its store, its server, or this console alone, whichever is strongest. */
export async function locksOf(
  { catalog, caller }: Scope,
  { repository, settings, location }: ConnectionView,
  site: SiteRow | null,
  nowMs: number,
): Promise<StoreLocks | null> {
  if (settings.lockMode !== undefined && settings.lockDays !== undefined)
    return { by: 'store', mode: settings.lockMode, days: settings.lockDays };
  // Of a repository that is not open, what was found at the last look.
  const mark = await catalog.read('marks.get', caller, { name: lockMark(repository) });
  if (mark !== null) {
    const { mode, days } = JSON.parse(mark) as LockFacts;
    return { by: 'store', mode, days };
  }
  if (site?.definition.appendOnly === true)
    // A folder that nobody serves can be written to by anybody: that nothing goes from it is a promise of this console.
    return location.startsWith('rest:')
      ? { by: 'server' }
      : { by: 'console', firstEndMs: null, locked: 1, snapshots: 1 };
  const ends = await catalog.read('usage.locked', caller, { repository, nowMs });
  return ends.locked === 0 ? null : { by: 'console', ...ends };
}
