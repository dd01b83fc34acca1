/** Rules and items of sync as a client sees them. */
import { reportError, HoldfastError } from '../../../shared/model/errors.ts';
import type { SyncItem, SyncRuleView } from '../../../shared/contract/sync.ts';
import type { SyncRuleRow } from '../catalog/sites.ts';
import type { SyncItemRow } from '../catalog/sync-items.ts';
import { isoTime, timeOf } from './present-site.ts';

export function presentRule({ rule, definition, author, addedAtMs }: SyncRuleRow): SyncRuleView {
  return { ...definition, id: rule, addedAt: isoTime(addedAtMs), addedBy: author };
}

export function presentItem(row: SyncItemRow): SyncItem {
  return {
    id: row.item,
    site: row.site,
    from: row.origin,
    snapshot: row.snapshot,
    source: row.source,
    takenAt: isoTime(row.takenAtMs),
    rule: row.rule,
    priority: row.priority,
    state: row.state,
    attempts: row.attempts,
    askedAt: isoTime(row.askedAtMs),
    askedBy: row.author,
    startedAt: timeOf(row.startedAtMs),
    endedAt: timeOf(row.endedAtMs),
    nextAt: timeOf(row.nextAtMs),
    note: row.note,
    error: row.errorCode === null ? null : reportError(new HoldfastError(row.errorCode, row.errorMessage ?? '')),
    job: row.job,
    sentAs: row.sentAs,
    figures: row.figures,
    throttle: row.throttle,
  };
}
