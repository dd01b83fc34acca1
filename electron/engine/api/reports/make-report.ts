/** Makes a report: reads its facts, by the calls that screens make too, and hands them to the function that makes it. */
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { freshnessOf } from '../../../../shared/model/freshness.ts';
import { isOperator } from '../../../../shared/model/tenants.ts';
import { auditReport } from '../../../../shared/model/reports/audit.ts';
import { backupsReport } from '../../../../shared/model/reports/backups.ts';
import { reportKind, reportKinds, type ReportKind } from '../../../../shared/model/reports/catalog.ts';
import type { ReportBody, ReportDocument, ReportName } from '../../../../shared/model/reports/document.ts';
import { drillsReport } from '../../../../shared/model/reports/drills.ts';
import { freshnessReport } from '../../../../shared/model/reports/freshness.ts';
import { gapsReport } from '../../../../shared/model/reports/gaps.ts';
import { parsePeriod, type NamedPeriod } from '../../../../shared/model/reports/period.ts';
import { retentionReport } from '../../../../shared/model/reports/retention.ts';
import { storageReport } from '../../../../shared/model/reports/storage.ts';
import { syncReport } from '../../../../shared/model/reports/sync.ts';
import { tenantsReport, type TenantUsage } from '../../../../shared/model/reports/tenants.ts';
import { scopeWords, type ReportScope } from '../../../../shared/model/subscriptions.ts';
import { processIdentity } from '../../platform/identity.ts';
import { machineZone } from '../../platform/machine-zone.ts';
import { readNote } from '../../configuration/note.ts';
import type { CallContext } from '../context.ts';
import { auditFacts, drillReportFacts } from './drill-and-audit-facts.ts';
import { gapFacts } from './gap-facts.ts';
import { sourceScene } from './report-sources.ts';
import { retentionFacts } from './retention-facts.ts';
import { backupFacts, syncFacts, totalsOf, type Asked } from './run-facts.ts';
import { storageFacts } from './storage-facts.ts';

export type ReportRequest = {
  readonly report: ReportName;
  /** As `parsePeriod` reads it. */
  readonly period: string;
  /** IANA name; null: that of the machine. */
  readonly zone: string | null;
  readonly of: ReportScope;
  /** Epoch milliseconds: what the period is counted from; left out: now. */
  readonly atMs?: number;
};

export function reportsFor(context: Pick<CallContext, 'caller' | 'role'>): readonly ReportKind[] {
  return reportKinds.filter(({ operatorOnly }) => !operatorOnly || runsHome(context));
}

function runsHome({ caller, role }: Pick<CallContext, 'caller' | 'role'>): boolean {
  return isOperator({ tenant: caller.tenant, role });
}

/** REPORT_INVALID, FORBIDDEN. */
export async function makeReport(context: CallContext, request: ReportRequest): Promise<ReportDocument> {
  const { report, of } = request;
  const kind = reportKind(report);
  if (kind.operatorOnly && !runsHome(context))
    throw new HoldfastError('FORBIDDEN', `${kind.title} is for whoever runs this home, and not for a tenant in it.`);
  const nowMs = context.nowMs();
  const zone = request.zone ?? machineZone();
  const period = periodOf(request, request.atMs ?? nowMs, zone);
  const body = await bodyOf(context, report, { fromMs: period.fromMs, toMs: period.toMs, zone, of });
  const { caller, life } = context;
  return {
    version: 1,
    report,
    title: kind.title,
    period: kind.hasPeriod
      ? { from: new Date(period.fromMs).toISOString(), to: new Date(period.toMs).toISOString(), words: period.words }
      : null,
    zone,
    madeAt: new Date(nowMs).toISOString(),
    madeBy: caller.actor,
    tenant: caller.tenant,
    home: { host: processIdentity().hostname, version: life.version },
    scope: report === 'audit' || report === 'tenants' ? 'The whole home' : scopeWords(of),
    ...body,
  };
}

function periodOf({ period: text }: ReportRequest, nowMs: number, zone: string): NamedPeriod {
  const period = parsePeriod(text, nowMs, zone);
  if (period !== null) return period;
  if (parsePeriod('last-24-hours', nowMs, zone) === null)
    throw new HoldfastError('REPORT_INVALID', `There is no time zone called ${zone}.`);
  const forms = 'last-7-days, 30d, 4w, yesterday, last-month, 2026-11 or 2026-11-01..2026-11-15';
  throw new HoldfastError('REPORT_INVALID', `${text} is no period that has begun; one is written as ${forms}.`);
}

async function bodyOf(context: CallContext, report: ReportName, asked: Asked): Promise<ReportBody> {
  const moment = { nowMs: context.nowMs(), zone: asked.zone };
  if (report === 'audit') return auditReport(await auditFacts(context, asked), moment);
  if (report === 'tenants') return tenantsReport({ tenants: await tenantUsage(context, asked) }, moment);
  const scene = await sourceScene(context, asked.of);
  const repositories = scene.connections.map(({ name, state }) => ({ name, state }));
  switch (report) {
    case 'freshness':
      return freshnessReport({ sources: scene.sources, repositories }, moment);
    case 'gaps':
      return gapsReport(await gapFacts(context, scene), moment);
    case 'backups':
      return backupsReport(await backupFacts(context, scene, asked), moment, asked);
    case 'sync':
      return syncReport(await syncFacts(context, scene, asked), moment);
    case 'storage':
      return storageReport(await storageFacts(context, scene, asked), moment, asked);
    case 'drills':
      return drillsReport(await drillReportFacts(context, scene, asked), moment);
    case 'retention':
      return retentionReport(await retentionFacts(context, scene, asked), moment, asked);
  }
}

async function tenantUsage(context: CallContext, asked: Asked): Promise<readonly TenantUsage[]> {
  const noted = (await readNote(context.home))?.tenants ?? [];
  const known = (await context.tenants.list()).map(({ tenant }) => tenant);
  const names = [...new Set([context.caller.tenant, ...known, ...noted])];
  return Promise.all(names.map((tenant) => usageOf({ ...context, caller: { ...context.caller, tenant } }, asked)));
}

async function usageOf(context: CallContext, asked: Asked): Promise<TenantUsage> {
  const { sources, connections } = await sourceScene(context, { kind: 'all' });
  const [totals, alerts] = await Promise.all([
    totalsOf(context, null, asked),
    context.catalog.read('alerts.open', context.caller, { limit: 1_000 }),
  ]);
  const nowMs = context.nowMs();
  const newest = sources.flatMap(({ newestGoodAtMs }) => newestGoodAtMs ?? []);
  return {
    tenant: context.caller.tenant,
    sources: sources.length,
    overdue: sources.filter((source) => freshnessOf(source, nowMs).state === 'overdue').length,
    snapshots: sources.reduce((sum, { snapshots }) => sum + snapshots, 0),
    repositories: connections.length,
    bytes: sources.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0),
    runs: totals.runs,
    failed: totals.failed,
    storedBytes: totals.taken?.bytesStored ?? 0,
    openAlerts: alerts.alerts.length,
    newestAtMs: newest.length === 0 ? null : Math.max(...newest),
  };
}
