import { hostname } from 'node:os';
import type { ProfilePreview } from '../../../shared/contract/profiles.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { retainByPeriods, type PeriodDecision } from '../../../shared/model/period-retention.ts';
import { profileProblems } from '../../../shared/model/profile-check.ts';
import { plannedRuns, steadyBytes, steadyCount } from '../../../shared/model/profile-preview.ts';
import { profileWarnings } from '../../../shared/model/profile-warnings.ts';
import type { ProfileDefinition } from '../../../shared/model/profile.ts';
import { machineZone } from '../platform/machine-zone.ts';
import { retentionTerms } from '../protection/retention-terms.ts';
import type { CallContext } from './context.ts';
import { isConfigured } from './sources.ts';

export type PreviewRequest = {
  readonly profile: ProfileDefinition;
  /** Of the profile that it would replace. */
  readonly id?: string | undefined;
  readonly source?: string | undefined;
  readonly from: string;
  readonly days: number;
};

const mostRuns = 1000;
const dayMs = 24 * 3_600_000;

/** PROFILE_INVALID. */
export async function previewProfile(context: CallContext, request: PreviewRequest): Promise<ProfilePreview> {
  const { profile, source } = request;
  const problems = profileProblems(profile);
  if (problems.length > 0) throw new HoldfastError('PROFILE_INVALID', problems.join(' '));
  const zone = machineZone();
  const fromMs = Date.parse(request.from);
  // What comes at that very moment is part of it.
  const runs = plannedRuns(profile, zone, fromMs - 1, fromMs + request.days * dayMs);
  const count = steadyCount(profile, zone, fromMs);
  const isKnown = source !== undefined && (await isConfigured(context));
  const figures = isKnown ? await context.catalog.read('retention.figures', context.caller, { source }) : null;
  return {
    runs: runs.slice(0, mostRuns).map(({ atMs, periods, keepUntilMs }) => ({
      at: isoTime(atMs),
      periods: [...periods],
      keepUntil: isoOrNull(keepUntilMs),
    })),
    more: runs.length > mostRuns,
    steadyCount: count,
    steadyBytes: steadyBytes(count, figures),
    warnings: [...profileWarnings(profile, zone, fromMs, count)],
    snapshots: isKnown ? await difference(context, request, source) : [],
  };
}

/** What is new has no id yet. */
const unsaved = 'unsaved';

async function difference(
  { catalog, caller, nowMs: clock }: CallContext,
  { profile, id = unsaved }: PreviewRequest,
  source: string,
): Promise<ProfilePreview['snapshots']> {
  const nowMs = clock();
  const { repository, snapshots } = await catalog.read('retention.labelled', caller, { source, hostname: hostname() });
  if (repository === null) return [];
  const terms = await retentionTerms({ catalog, caller }, { source, repository, nowMs });
  const before = retainByPeriods(snapshots, terms).decisions;
  const profiles = new Map([...terms.profiles, [id, profile]]);
  const after = retainByPeriods(snapshots, { ...terms, profiles, effective: id }).decisions;
  return after.map((decision, index) => ({
    snapshot: decision.snapshot.id,
    takenAt: isoTime(decision.snapshot.takenAtMs),
    periods: [...decision.snapshot.periods],
    before: lifeOf(before[index]),
    after: { keep: decision.keep, until: isoOrNull(decision.untilMs) },
    reasons: [...decision.reasons],
  }));
}

function lifeOf(decision: PeriodDecision | undefined): { keep: boolean; until: string | null } | null {
  return decision === undefined ? null : { keep: decision.keep, until: isoOrNull(decision.untilMs) };
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : isoTime(ms);
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
