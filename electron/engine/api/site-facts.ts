/** What alerts about sites are decided by. */
import type { SiteFacts } from '../../../shared/model/site-alerts.ts';
import type { Lag } from '../../../shared/model/sync-plan.ts';
import { lagsOf } from '../../../shared/model/sync-plan.ts';
import type { Caller } from '../../../shared/contract/common.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { SyncItemRow } from '../catalog/sync-items.ts';
import { asRule, sourceTags } from '../sites/fill-queue.ts';

/** `primary` is the id in the config of the repository that protection writes to; null where nobody knows. */
export async function readSiteFacts(
  { catalog, caller }: { readonly catalog: Catalog; readonly caller: Caller },
  primary: string | null,
  nowMs: number,
): Promise<SiteFacts[]> {
  const sites = await catalog.read('sites.list', caller, null);
  if (sites.length === 0) return [];
  const [looks, pauses, items, rows, tagsOf] = await Promise.all([
    catalog.read('sites.looks', caller, null),
    catalog.read('sites.pauses', caller, { nowMs }),
    catalog.read('syncItems.open', caller, { site: null }),
    catalog.read('sites.rules', caller, null),
    sourceTags({ catalog, caller }),
  ]);
  const rules = rows.map(asRule);
  return Promise.all(
    sites.map(async ({ definition: { name, enabled, lagLimitMs, repository } }) => {
      const look = looks.find(({ site }) => site === name) ?? null;
      const own = rules.filter(({ to, from }) => to === name && from === null);
      // Nobody asks a site without a limit how far it is behind.
      const lags =
        lagLimitMs === null || primary === null || own.length === 0
          ? []
          : lagsOf({
              rules: own,
              from: await catalog.read('heldAt.list', caller, { repository: primary }),
              at: await catalog.read('heldAt.list', caller, { repository }),
              tagsOf,
            });
      return {
        name,
        enabled,
        paused: pauses.some(({ site }) => site === name),
        silentSinceMs: look?.silentSinceMs ?? null,
        problem: look?.problem ?? null,
        lagLimitMs,
        behind: longestBehind(lags),
        failed: failedOf(items.filter(({ site, state }) => site === name && state === 'failed')),
      };
    }),
  );
}

function longestBehind(lags: readonly Lag[]): SiteFacts['behind'] {
  const [worst] = lags
    .flatMap(({ source, behindSinceMs, sentAtMs }) =>
      behindSinceMs === null ? [] : [{ source, sinceMs: behindSinceMs, sentAtMs }],
    )
    .toSorted((a, b) => a.sinceMs - b.sinceMs);
  return worst ?? null;
}

function failedOf(items: readonly SyncItemRow[]): SiteFacts['failed'] {
  const newest = items.at(-1);
  if (newest === undefined) return null;
  return { count: items.length, newest: newest.item, source: newest.source, message: newest.errorMessage ?? '' };
}
