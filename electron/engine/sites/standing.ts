/** Whether anything may be sent to a site now, and how fast: what operators have said, windows, incidents, pauses. */
import type { PauseRow } from '../catalog/pauses.ts';
import type { SitePause, SiteRow } from '../catalog/sites.ts';
import type { SyncItemRow } from '../catalog/sync-items.ts';
import { nextRateChangeMs, rateAt, type Rate } from '../../../shared/model/week-grid.ts';
import { readyItems, windowWait } from '../../../shared/model/sync-queue.ts';
import type { QueueScope } from './fill-queue.ts';

export type SiteStanding = {
  readonly site: SiteRow;
  readonly pause: SitePause | null;
  /** Of everything, or of sources: what a schedule waits for, rules wait for. */
  readonly pauses: readonly PauseRow[];
  /** Why everything is frozen; null: nothing is. */
  readonly frozen: string | null;
};

/** Null where the site is gone. */
export async function readStanding(
  { catalog, caller }: QueueScope,
  name: string,
  nowMs: number,
): Promise<SiteStanding | null> {
  const [site, sitePauses, pauses, incident] = await Promise.all([
    catalog.read('sites.find', caller, { name }),
    catalog.read('sites.pauses', caller, { nowMs }),
    catalog.read('pauses.list', caller, { nowMs }),
    catalog.read('incidents.open', caller, null),
  ]);
  if (site === null) return null;
  const pause = sitePauses.find((one) => one.site === name) ?? null;
  return { site, pause, pauses, frozen: incident?.reason ?? null };
}

/** What keeps the whole site waiting, whoever asks; null: nothing does. */
export function siteObstacle({ site, pause, frozen }: SiteStanding, nowMs: number): string | null {
  if (frozen !== null) return `the end of an incident: ${frozen}`;
  if (!site.definition.enabled) return 'somebody to enable it';
  if (pause === null || (pause.untilMs !== null && pause.untilMs <= nowMs)) return null;
  return `the end of a pause, by ${pause.author}${pause.reason === '' ? '' : `: ${pause.reason}`}`;
}

export function rateNow({ site }: SiteStanding, nowMs: number, zone: string): Rate {
  return rateAt(site.definition.grid, nowMs, zone);
}

/** Those that may be sent now, in their order. */
export function sendable(
  items: readonly SyncItemRow[],
  standing: SiteStanding,
  nowMs: number,
  zone: string,
): readonly SyncItemRow[] {
  if (siteObstacle(standing, nowMs) !== null) return [];
  const isOpen = rateNow(standing, nowMs, zone) !== 'off';
  return readyItems(items, nowMs).filter((item) => (isOpen || item.atOnce) && !isPaused(item, standing));
}

/** In words what the ready items of a site wait for; null: for nothing. */
export function waitsFor(standing: SiteStanding, nowMs: number, zone: string): string | null {
  const obstacle = siteObstacle(standing, nowMs);
  if (obstacle !== null) return obstacle;
  if (rateNow(standing, nowMs, zone) === 'off') {
    const at = nextRateChangeMs(standing.site.definition.grid, nowMs, zone);
    return at === null ? `${windowWait}, which never opens` : `${windowWait}, at ${new Date(at).toISOString()}`;
  }
  return standing.pauses.some(({ scope }) => scope === 'tenant') ? 'the end of a pause of everything' : null;
}

/** What somebody has asked for by hand waits for no pause of a schedule. */
function isPaused({ rule, source }: SyncItemRow, { pauses }: SiteStanding): boolean {
  if (rule === null) return false;
  return pauses.some(({ scope, subject }) => scope === 'tenant' || subject === source);
}
