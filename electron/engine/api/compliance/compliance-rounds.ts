/** Looks now and then which sources are not kept any more as they once were, in an engine that stays. */
import type { FindingRule } from '../../../../shared/model/compliance.ts';
import { afterLook, type ComplianceMarks } from '../../../../shared/model/compliance-alerts.ts';
import type { CallContext } from '../context.ts';
import { isConfigured } from '../is-configured.ts';
import { presentSources } from './compliance.ts';
import { sourceFacts } from './source-facts.ts';

const lookEveryMs = 3_600_000;
const markName = 'compliance';
const nextMs = new WeakMap<object, Map<string, number>>();

/** Never throws. */
export async function lookAtComplianceIfDue(context: CallContext, nowMs: number): Promise<void> {
  const { catalog, caller } = context;
  const next = nextMs.get(catalog) ?? new Map<string, number>();
  nextMs.set(catalog, next);
  if (nowMs < (next.get(caller.tenant) ?? 0)) return;
  next.set(caller.tenant, nowMs + lookEveryMs);
  try {
    if (!(await isConfigured(context))) return;
    const before = await complianceMarks(context);
    const presented = await presentSources(await sourceFacts(context), new Map(), nowMs);
    const found = presented.map(({ source, findings }) => {
      const of = (state: 'met' | 'missed'): FindingRule[] =>
        findings.filter((finding) => finding.state === state).map(({ rule }) => rule);
      const words = Object.fromEntries(findings.map((finding) => [finding.rule, finding.words]));
      return { source, met: of('met'), missed: of('missed'), words };
    });
    const value = JSON.stringify(afterLook(before, found));
    await catalog.write('marks.set', caller, { name: markName, value });
  } catch {
    // What cannot be read now is read at the next look.
  }
}

export async function complianceMarks({
  catalog,
  caller,
}: Pick<CallContext, 'catalog' | 'caller'>): Promise<ComplianceMarks> {
  const value = await catalog.read('marks.get', caller, { name: markName });
  return value === null ? {} : (JSON.parse(value) as ComplianceMarks);
}
