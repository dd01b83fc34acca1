import { hostname } from 'node:os';
import type { ProfileLoss, ProfilePreview } from '../../../shared/contract/profiles.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { impliedRpoMs } from '../../../shared/model/implied-rpo.ts';
import { retainByPeriods, type LabelledSnapshot, type PeriodDecision } from '../../../shared/model/period-retention.ts';
import { profileProblems } from '../../../shared/model/profile-check.ts';
import { plannedRuns, steadyBytes, steadyCount } from '../../../shared/model/profile-preview.ts';
import { profileWarnings } from '../../../shared/model/profile-warnings.ts';
import type { ProfileDefinition } from '../../../shared/model/profile.ts';
import { machineZone } from '../platform/machine-zone.ts';
import { retentionTerms } from '../protection/retention-terms.ts';
import type { CallContext } from './context.ts';
import { isConfigured } from './is-configured.ts';

export type PreviewRequest = {
  readonly profile: ProfileDefinition;
  /** Of the profile that it would replace. */
  readonly id?: string | undefined;
  readonly source?: string | undefined;
  readonly from: string;
  readonly days: number;
};

const mostRuns = 1000;
const mostLosses = 1000;
const dayMs = 24 * 3_600_000;

/** PROFILE_INVALID. */
export async function previewProfile(context: CallContext, request: PreviewRequest): Promise<ProfilePreview> {
  const { profile, source } = request;
  mustBeSound(profile);
  const machine = machineZone();
  const zone = profile.zone ?? machine;
  const fromMs = Date.parse(request.from);
  // What comes at that very moment is part of it.
  const runs = plannedRuns(profile, machine, fromMs - 1, fromMs + request.days * dayMs);
  const count = steadyCount(profile, machine, fromMs);
  const isKnown = source !== undefined && (await isConfigured(context));
  const figures = isKnown ? await context.catalog.read('retention.figures', context.caller, { source }) : null;
  const changed: Changed = { profile, id: request.id ?? unsaved, given: true };
  const found = isKnown ? await difference(context, changed, source) : [];
  return {
    zone,
    impliedRpoMs: impliedRpoMs(profile.periods, zone, profile.blackouts),
    runs: runs.slice(0, mostRuns).map(({ atMs, periods, keepUntilMs }) => ({
      at: isoTime(atMs),
      periods: [...periods],
      keepUntil: isoOrNull(keepUntilMs),
    })),
    more: runs.length > mostRuns,
    steadyCount: count,
    steadyBytes: steadyBytes(count, figures),
    warnings: [...profileWarnings(profile, machine, fromMs, count)],
    snapshots: found.map(({ snapshot, before, after }) => ({
      snapshot: snapshot.id,
      takenAt: isoTime(snapshot.takenAtMs),
      periods: [...snapshot.periods],
      bytes: snapshot.bytes,
      before: before === undefined ? null : lifeOf(before),
      after: lifeOf(after),
      reasons: [...after.reasons],
    })),
  };
}

/** PROFILE_INVALID. Of each registered source, by what counts for it: only its snapshots of that profile are concerned. */
export async function lossesOf(
  context: CallContext,
  { id, profile }: { readonly id: string; readonly profile: ProfileDefinition },
): Promise<{ count: number; losses: ProfileLoss[] }> {
  mustBeSound(profile);
  if (!(await isConfigured(context))) return { count: 0, losses: [] };
  const losses: ProfileLoss[] = [];
  for (const { name: source } of await context.catalog.read('registeredSources.list', context.caller, null)) {
    const found = await difference(context, { profile, id, given: false }, source);
    const going = found.filter(({ before, after }) => before?.keep === true && !after.keep);
    const ofSource = going.map(({ snapshot: { id: snapshot, takenAtMs, bytes } }): ProfileLoss => {
      return { source, snapshot, takenAt: isoTime(takenAtMs), bytes };
    });
    losses.push(...ofSource);
  }
  return { count: losses.length, losses: losses.slice(0, mostLosses) };
}

function mustBeSound(profile: ProfileDefinition): void {
  const problems = profileProblems(profile);
  if (problems.length > 0) throw new HoldfastError('PROFILE_INVALID', problems.join(' '));
}

/** What is new has no id yet. */
const unsaved = 'unsaved';

type Changed = {
  readonly profile: ProfileDefinition;
  readonly id: string;
  /** Whether the source would have it, or what counts for the source stays what it is. */
  readonly given: boolean;
};

type Difference = {
  readonly snapshot: LabelledSnapshot & { readonly bytes: number | null };
  readonly before: PeriodDecision | undefined;
  readonly after: PeriodDecision;
};

async function difference(
  { catalog, caller, nowMs: clock }: CallContext,
  { profile, id, given }: Changed,
  source: string,
): Promise<readonly Difference[]> {
  const nowMs = clock();
  const { repository, snapshots } = await catalog.read('retention.labelled', caller, { source, hostname: hostname() });
  if (repository === null) return [];
  if (!given && !snapshots.some((one) => one.profile === id)) return [];
  const terms = await retentionTerms({ catalog, caller }, { source, repository, nowMs });
  const profiles = new Map([...terms.profiles, [id, profile]]);
  const effective = given ? id : terms.effective;
  const before = new Map(retainByPeriods(snapshots, terms).decisions.map((one) => [one.snapshot.id, one]));
  const after = retainByPeriods(snapshots, { ...terms, profiles, effective }).decisions;
  const known = new Map(snapshots.map((snapshot) => [snapshot.id, snapshot]));
  return after.flatMap((decision) => {
    const snapshot = known.get(decision.snapshot.id);
    return snapshot === undefined ? [] : [{ snapshot, before: before.get(snapshot.id), after: decision }];
  });
}

function lifeOf(decision: PeriodDecision): { keep: boolean; until: string | null } {
  return { keep: decision.keep, until: isoOrNull(decision.untilMs) };
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : isoTime(ms);
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
