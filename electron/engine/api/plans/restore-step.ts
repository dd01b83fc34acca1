/** Steps that restore: each is a restore of its kind, begun here, found again after a kill, and followed to its end. */
import { call } from '@orpc/server';
import type { AwsWho } from '../../../../shared/contract/aws-restores.ts';
import type { AwsPlace } from '../../../../shared/contract/aws-sources.ts';
import type { RepositoryAccess } from '../../../../shared/contract/common.ts';
import type { PlanRun, PlanRunStep } from '../../../../shared/contract/plan-runs.ts';
import type { RestoreRun } from '../../../../shared/contract/restore-runs.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { choosePoint } from '../../../../shared/model/recovery-points.ts';
import { isRestore, type RestoreWork } from '../../../../shared/model/recovery-plans.ts';
import { formatCount } from '../../../../shared/model/units.ts';
import type { StepOutcome, StepVoice } from '../../recovery/plans/work-on-plan.ts';
import type { CallContext } from '../context.ts';
import { isConfigured } from '../is-configured.ts';
import { gitHandlers } from '../git.ts';
import { restoreRunsHandlers } from '../restore-runs.ts';
import { heldPoints, type HeldPoint } from './points.ts';

/** What comes with the call that begins a run, and is kept nowhere. */
export type GivenToRun = {
  readonly repository: RepositoryAccess | null;
  readonly aws: AwsWho | null;
  readonly githubToken: string | null;
};

type Step<Kind extends RestoreWork['kind']> = {
  readonly context: CallContext;
  readonly given: GivenToRun;
  readonly title: string;
  /** Of which it is a rehearsal; null: it is in earnest. */
  readonly drill: string | null;
  readonly step: PlanRunStep;
  readonly work: Extract<RestoreWork, { kind: Kind }>;
  readonly point: HeldPoint;
  readonly voice: StepVoice;
};

export async function restoreStep(
  context: CallContext,
  { run, step, given }: { readonly run: PlanRun; readonly step: PlanRunStep; readonly given: GivenToRun },
  voice: StepVoice,
): Promise<StepOutcome> {
  const { work } = step.step;
  if (!isRestore(work)) throw new HoldfastError('INTERNAL', `${step.step.id} restores nothing.`);
  const point = await pointFor(context, { run, step, work }, given);
  const { snapshot, takenAtMs, repository } = point;
  await voice.note({ point: { snapshot, takenAt: new Date(takenAtMs).toISOString(), repository } });
  const title = `${run.plan.name}: ${step.step.title}`.slice(0, 200);
  const of = { context, given, title, step, point, voice, drill: run.isolation?.drill ?? null };
  switch (work.kind) {
    case 'folder':
      return files({ ...of, work });
    case 'git':
      return repositories({ ...of, work });
    case 'bucket':
      return objects({ ...of, work });
    case 'volume':
    case 'instance':
      return inAws({ ...of, work });
  }
}

/** The one that was chosen when the step began first, as long as it is there. PLAN_STEP_FAILED. */
async function pointFor(
  context: CallContext,
  { run, step, work }: { readonly run: PlanRun; readonly step: PlanRunStep; readonly work: RestoreWork },
  { repository }: GivenToRun,
): Promise<HeldPoint> {
  const { points, closed } = await heldPoints(context, repository);
  const own = points.filter(({ source }) => source === work.source);
  const kept = step.point;
  const rule = kept === null ? work.point : ({ kind: 'snapshot', snapshot: kept.snapshot } as const);
  const chosen = choosePoint(rule, own, { values: run.values, atMs: run.at === null ? null : Date.parse(run.at) });
  if (!('problem' in chosen)) return chosen;
  const unread = closed.length === 0 ? '' : ` Not looked into: ${closed.join(', ')}.`;
  throw new HoldfastError('PLAN_STEP_FAILED', `${work.source}: ${chosen.problem}${unread}`);
}

async function files({ context, title, step, work, point, voice, given }: Step<'folder'>): Promise<StepOutcome> {
  const { access: repository, snapshot } = point;
  const { target, overwrite, verify, path } = work;
  const selections = [{ snapshot, path }];
  return followRun({ context, step, voice, given, repository }, () =>
    call(restoreRunsHandlers.create, { repository, selections, target, overwrite, verify, title }, { context }),
  );
}

async function objects({ context, title, step, work, point, voice, given }: Step<'bucket'>): Promise<StepOutcome> {
  const { bucketsHandlers } = await import('../buckets.ts');
  const { access: repository, snapshot } = point;
  const { from, overwrite, bucket, prefix } = work;
  const { region, endpoint, account } = await placeOf(context, work);
  const who = given.aws ?? { account };
  const give = { repository, selection: from === '' ? snapshot : `${snapshot}:${from}`, overwrite };
  const input = { give, bucket, prefix, who, region, endpoint, title };
  return followRun({ context, step, voice, given: { ...given, aws: whole(who) }, repository }, () =>
    call(bucketsHandlers.create, input, { context, signal: voice.signal }),
  );
}

async function inAws({
  context,
  title,
  step,
  work,
  point,
  voice,
  given,
  drill,
}: Step<'volume' | 'instance'>): Promise<StepOutcome> {
  const { awsRestoresHandlers } = await import('../aws-restores.ts');
  const { access: repository, snapshot } = point;
  const { region, endpoint, account } = await placeOf(context, work);
  const who = given.aws ?? { account };
  const { caller, drills } = context;
  // Before it is started: until then nothing is made.
  const onPlanned = async (run: string): Promise<void> => {
    if (drill !== null) await drills.note(caller, drill, { kind: 'instance', run, account });
  };
  const instance = work.kind === 'instance' ? { instance: work.instance } : {};
  const input = { who, region, endpoint, point: { repository, snapshot, ...instance }, want: wantOf(work), title };
  const following = { context, step, voice, given: { ...given, aws: whole(who) }, repository, onPlanned };
  return followRun(following, () => call(awsRestoresHandlers.create, input, { context, signal: voice.signal }));
}

function wantOf(work: Step<'volume' | 'instance'>['work']) {
  if (work.kind === 'volume') return { kind: 'volume', snapshot: work.volume, zone: work.zone } as const;
  // What it was like stands in the point: AWS may have nothing of it any more.
  if (work.how === 'clone') return { kind: 'clone', expiresInHours: 24 } as const;
  return { kind: 'launch', stopOld: work.stopOld } as const;
}

/** What a step leaves open is as its source has it; another account lies elsewhere. */
async function placeOf(
  { catalog, caller, ...context }: CallContext,
  { source: name, account, region, endpoint }: AwsPlace & { readonly source: string },
): Promise<AwsPlace> {
  const known = await isConfigured({ catalog, caller, home: context.home });
  const source = known ? await catalog.read('registeredSources.find', caller, { name }) : null;
  const isThere = source?.kind === 'ec2' || source?.kind === 's3-bucket';
  if (!isThere || (account !== null && account !== source.account)) return { account, region, endpoint };
  return { account: source.account, region: region ?? source.region, endpoint: endpoint ?? source.endpoint };
}

function whole(who: Partial<AwsWho>): AwsWho {
  return { account: null, keys: null, mfaCode: null, ...who };
}

type Following = Pick<Step<never>, 'context' | 'step' | 'voice' | 'given'> & {
  readonly repository: RepositoryAccess;
  /** Given the id of its run before anything of it is done. */
  readonly onPlanned?: (run: string) => Promise<void>;
};

/** Its run is written down before anything is restored, so that it is gone on with and not begun twice. */
async function followRun(
  { context, step, voice, given: { aws }, repository, onPlanned }: Following,
  create: () => Promise<RestoreRun>,
): Promise<StepOutcome> {
  const { runs, caller } = context;
  const known = step.restoreRun === null ? null : await runs.get(caller, step.restoreRun).catch(() => null);
  const run = known ?? (await create());
  if (known === null) {
    await onPlanned?.(run.id);
    await voice.note({ restoreRun: run.id });
  }
  if (run.state === 'done') return outcomeOf(run);
  const events = await call(
    restoreRunsHandlers.start,
    { run: run.id, repository, aws },
    { context, signal: voice.signal },
  );
  let ended: RestoreRun | null = null;
  for await (const event of events) if (event.type === 'done') ended = event.result;
  return outcomeOf(ended ?? (await runs.get(caller, run.id)));
}

function outcomeOf({ state, steps, id }: RestoreRun): StepOutcome {
  const detail = steps.at(-1)?.detail ?? null;
  if (state === 'done' || state === 'partial') return { state, detail };
  throw new HoldfastError('PLAN_STEP_FAILED', `The restore run ${id.slice(0, 8)} is ${state}, and not done.`);
}

/** Repositories of which each is there whole or not at all, so those that were given back before a kill stay. */
async function repositories({ context, step, work, point, voice, given }: Step<'git'>): Promise<StepOutcome> {
  const { target, repositories: paths, overwrite } = work;
  const access = given.githubToken === null ? null : { token: given.githubToken };
  const input = {
    repository: point.access,
    snapshot: point.snapshot,
    paths: paths === null ? null : [...paths],
    target: target.kind === 'github' ? { ...target, name: '{name}' } : target,
    access: target.kind === 'github' || target.kind === 'url' ? access : null,
    overwrite,
  };
  const done = new Set(step.given);
  const problems: string[] = [];
  const events = await call(gitHandlers.restore, input, { context, signal: voice.signal });
  for await (const event of events) {
    if (event.type !== 'repository') continue;
    const { path, name, state, problem } = event.repository;
    // What an earlier try has put there is in the way of this one.
    if (done.has(path)) continue;
    if (state === 'done' || state === 'empty') {
      done.add(path);
      await voice.note({ given: [...done] });
    } else problems.push(`${name}: ${problem ?? 'not all of it came back'}`);
  }
  const counted = `${formatCount(done.size)} ${done.size === 1 ? 'repository' : 'repositories'} given back`;
  if (problems.length === 0) return { state: 'done', detail: `${counted}.` };
  if (done.size === 0) throw new HoldfastError('PLAN_STEP_FAILED', problems.slice(0, 5).join(' '));
  return { state: 'partial', detail: `${counted}. ${problems.slice(0, 5).join(' ')}` };
}
