/** What alerts and figures are decided by, of a source with which all is well. */
import type { SourceFacts } from '../../shared/model/source-alerts.ts';
import { noFindings } from '../../shared/model/source-findings.ts';

export const factsAtMs = Date.parse('2026-11-25T12:00:00Z');
const hour = 3_600_000;

/** At `factsAtMs`, but for the change. */
export function soundSource(change: Partial<SourceFacts> = {}): SourceFacts {
  return {
    name: 'payroll',
    addedAtMs: factsAtMs - 1000 * hour,
    newestGoodAtMs: factsAtMs - hour,
    rpoMs: 2 * hour,
    unread: false,
    catchingUp: false,
    lastRun: null,
    suspect: null,
    review: null,
    expiryProblem: null,
    findings: noFindings,
    ...change,
  };
}
