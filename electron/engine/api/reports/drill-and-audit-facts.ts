/** What drills have left behind, and what the audit log says, in a period. */
import { call } from '@orpc/server';
import type { Drill } from '../../../../shared/contract/drills.ts';
import { chainLogs, type AuditRecord } from '../../../../shared/model/evidence.ts';
import type { AuditFacts } from '../../../../shared/model/reports/audit.ts';
import type { ReportPeriod } from '../../../../shared/model/reports/document.ts';
import type { DrillReportFacts, DrillReportRun } from '../../../../shared/model/reports/drills.ts';
import { auditLines, type AuditLine } from '../../recovery/evidence/records.ts';
import type { CallContext } from '../context.ts';
import { drillsHandlers } from '../drills/drills.ts';
import { verifyEvidence } from '../evidence/verify.ts';
import { timeOf, type SourceScene } from './report-sources.ts';

const mostDrills = 2_000;
const mostCalls = 20_000;
const page = 200;

export async function drillReportFacts(
  context: CallContext,
  { isWanted }: SourceScene,
  period: ReportPeriod,
): Promise<DrillReportFacts> {
  const { sources } = await call(drillsHandlers.sources, {}, { context });
  const { drills, more } = await drillsOf(context, period);
  return {
    sources: sources
      .filter(({ source }) => isWanted(source))
      .map(({ source, rto, rule, overdue, next, coverage, isFlaky, last }) => ({
        source,
        rto,
        targetMs: rule?.rtoMs ?? null,
        hasRule: rule !== null,
        overdue,
        nextAtMs: timeOf(next),
        coverage,
        isFlaky,
        last: last === null ? null : { state: last.state, atMs: Date.parse(last.startedAt) },
      })),
    drills: drills.filter(({ source, how }) => how === 'plan' || isWanted(source)).map(present),
    moreDrills: more,
  };
}

async function drillsOf(
  context: CallContext,
  { fromMs, toMs }: ReportPeriod,
): Promise<{ readonly drills: readonly Drill[]; readonly more: boolean }> {
  const found: Drill[] = [];
  for (let before: string | null = null; ;) {
    const answer: { drills: Drill[]; more: boolean } = await call(
      drillsHandlers.list,
      { source: null, before, limit: page },
      { context },
    );
    found.push(...answer.drills.filter(({ startedAt }) => isWithin(Date.parse(startedAt), { fromMs, toMs })));
    const last = answer.drills.at(-1);
    if (!answer.more || last === undefined || Date.parse(last.startedAt) < fromMs)
      return { drills: found, more: false };
    if (found.length >= mostDrills) return { drills: found, more: true };
    before = last.id;
  }
}

function isWithin(atMs: number, { fromMs, toMs }: ReportPeriod): boolean {
  return atMs >= fromMs && atMs < toMs;
}

function present(drill: Drill): DrillReportRun {
  const bad = drill.checks.filter(({ result }) => result === 'bad').map(({ title, detail }) => `${title}: ${detail}`);
  const message = drill.error?.message ?? (bad.length > 0 ? bad.join('; ') : (drill.issues[0]?.message ?? null));
  return {
    source: drill.source,
    how: drill.how,
    place: drill.place,
    state: drill.state,
    atMs: Date.parse(drill.startedAt),
    bytes: drill.bytes,
    restoreMs: drill.restoreMs,
    targetMs: drill.rtoMs,
    evidence: drill.evidence,
    message: drill.state === 'passed' ? null : message,
  };
}

export async function auditFacts(context: CallContext, period: ReportPeriod): Promise<AuditFacts> {
  const { home, caller, evidence } = context;
  const verdict = await verifyEvidence(context, { logs: chainLogs, anchors: false });
  const { fingerprint } = await evidence.key();
  const lines = await auditLines(home, caller.tenant, { text: '', before: null, limit: mostCalls });
  const oldest = lines.at(-1);
  return {
    calls: lines.filter(({ at }) => isWithin(Date.parse(at), period)).map(callOf),
    moreCalls: lines.length === mostCalls && oldest !== undefined && Date.parse(oldest.at) > period.fromMs,
    chains: verdict.chains.map(({ chain, log, from, to, lastAt, head, problems, problemCount, unsigned }) => ({
      chain: chain ?? 'unknown',
      log: log ?? 'unknown',
      entries: from === null || to === null ? 0 : to - from + 1,
      lastAtMs: timeOf(lastAt),
      head: head ?? '',
      problems: problems.map(({ seq, problem }) => `entry ${seq}: ${problem}`),
      problemCount,
      unsigned,
    })),
    key: fingerprint,
    trouble: verdict.trouble,
  };
}

function callOf({ seq, at, record }: AuditLine): AuditFacts['calls'][number] {
  const { actor, door, call: name, outcome } = record;
  return { seq, atMs: Date.parse(at), actor, door, call: name, words: name, targets: targetWords(record), outcome };
}

function targetWords({ targets }: AuditRecord): string {
  return Object.entries(targets)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
