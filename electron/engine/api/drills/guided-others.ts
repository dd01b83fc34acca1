/** Guided drills of what is no folder: Git repositories, objects, an instance, a recovery plan; each in its own isolation. */
import { join } from 'node:path';
import type { RepositoryAccess } from '../../../../shared/contract/common.ts';
import type { Drill, DrillCheck } from '../../../../shared/contract/drills.ts';
import type { RestoredGitRepository } from '../../../../shared/contract/git.ts';
import type { PlanRun } from '../../../../shared/contract/plan-runs.ts';
import type { RegisteredSource } from '../../../../shared/contract/sources.ts';
import { HoldfastError, toHoldfastError } from '../../../../shared/model/errors.ts';
import { formatCount } from '../../../../shared/model/units.ts';
import type { Rehearsal } from '../../recovery/drills/rehearsal.ts';
import { makeScratch, scratchOf } from '../../recovery/drills/scratch.ts';
import type { StoredSnapshot } from '../../repository/snapshots.ts';
import { openAccess } from '../access.ts';
import type { CallContext } from '../context.ts';
import { sourceDrills } from './drill-rules.ts';
import { scratchPrefix, scratchRoot, textSetting } from './places.ts';
import { beginPlanDrill, createRehearsal } from './rehearse-plan.ts';
import { endDrill, newestGood, usualAccess } from './run-drill.ts';

type Asked = {
  readonly of:
    | { readonly kind: 'source'; readonly source: string }
    | { readonly kind: 'plan'; readonly plan: string; readonly values: Readonly<Record<string, string>> };
  readonly openedAt?: string | undefined;
};

type Begun = {
  drill: Drill;
  run: string | null;
  planRun: string | null;
  git: { repository: string; snapshot: string; takenAt: string; target: string } | null;
  repository: string | null;
  account: string | null;
};
type Way = Omit<Begun, 'drill'>;
const noWay: Way = { run: null, planRun: null, git: null, repository: null, account: null };

type Other = Exclude<RegisteredSource, { readonly kind: 'folder' }>;
type Point = { readonly access: RepositoryAccess; readonly snapshot: StoredSnapshot };

/** DRILL_IMPOSSIBLE, PLAN_…, AWS_…; whatever was begun by then is ended. */
export async function beginGuidedOf(
  context: CallContext,
  { of, openedAt }: Asked,
  signal: AbortSignal | undefined,
): Promise<Begun> {
  const { nowMs } = context;
  const startedAtMs = openedAt === undefined ? nowMs() : Math.min(nowMs(), Date.parse(openedAt));
  if (of.kind === 'plan') {
    const { drill, plan, root } = await beginPlanDrill(context, of.plan, 'guided', startedAtMs);
    return begun(context, drill, async () => {
      const run = await createRehearsal(context, { drill, plan, root, values: of.values, guided: true });
      return { ...noWay, planRun: run.id };
    });
  }
  return beginOfSource(context, { name: of.source, startedAtMs }, signal ?? new AbortController().signal);
}

async function begun(context: CallContext, drill: string, make: () => Promise<Way>): Promise<Begun> {
  try {
    const way = await make();
    return { ...way, drill: await context.drills.get(context.caller, drill) };
  } catch (thrown) {
    const error = toHoldfastError(thrown);
    await endDrill(context, drill, { rehearsal: null, error }, { onNotice: () => undefined });
    throw error;
  }
}

async function beginOfSource(
  context: CallContext,
  { name, startedAtMs }: { readonly name: string; readonly startedAtMs: number },
  signal: AbortSignal,
): Promise<Begun> {
  const known = (await sourceDrills(context)).find(({ source }) => source.name === name);
  if (known === undefined) throw new HoldfastError('SOURCE_UNKNOWN', `No source is registered as ${name}.`);
  const { source, rule } = known;
  if (source.kind === 'folder')
    throw new HoldfastError('BAD_USAGE', `What ${name} is made of is chosen: it is begun with that.`);
  if (source.kind === 's3-bucket' && (await textSetting(context, 'drills.bucket')) === null)
    throw new HoldfastError(
      'DRILL_IMPOSSIBLE',
      'No bucket was chosen for drills: holdfast setting set drills.bucket <account>/<bucket>.',
    );
  const access = await usualAccess(context, name);
  const repository = await openAccess(context, access);
  const snapshot = await newestGood(context, repository, { source: name, snapshot: 'latest' });
  const id = await context.drills.begin(context.caller, {
    source: name,
    kind: source.kind,
    how: 'guided',
    place: source.kind === 's3-bucket' ? 'bucket' : source.kind === 'ec2' ? 'instance' : 'folder',
    repository: { id: repository.config.id, location: repository.backend.location },
    snapshot: snapshot.id,
    takenAtMs: snapshot.takenAtMs,
    rtoMs: rule?.rtoMs ?? null,
    startedAtMs,
  });
  return begun(context, id, () => wayOf(context, id, source, { access, snapshot }, signal));
}

function wayOf(context: CallContext, id: string, source: Other, point: Point, signal: AbortSignal): Promise<Way> {
  switch (source.kind) {
    case 'git':
    case 'github':
      return ofRepositories(context, id, point, signal);
    case 's3-bucket':
      return ofObjects(context, id, source, point, signal);
    case 'ec2':
      return ofInstance(context, id, source, point, signal);
  }
}

async function ofRepositories(
  context: CallContext,
  drill: string,
  { access, snapshot }: Point,
  signal: AbortSignal,
): Promise<Way> {
  const root = await scratchRoot(context);
  await context.drills.note(context.caller, drill, { kind: 'folder', root });
  const { data } = await makeScratch(root, drill);
  const { look } = await import('../git.ts');
  await look(context, { repository: access, snapshot: snapshot.id }, signal);
  const takenAt = new Date(snapshot.takenAtMs).toISOString();
  const repository = idOf(access);
  return { ...noWay, repository, git: { repository: repository ?? '', snapshot: snapshot.id, takenAt, target: data } };
}

async function ofObjects(
  context: CallContext,
  drill: string,
  source: Extract<Other, { readonly kind: 's3-bucket' }>,
  { access, snapshot }: Point,
  signal: AbortSignal,
): Promise<Way> {
  const place = await scratchPrefix(context, drill, source);
  if (place === null) throw new HoldfastError('DRILL_IMPOSSIBLE', 'No bucket was chosen for drills.');
  const [{ createBucketRun }, { bucketRunRequestSchema }] = await Promise.all([
    import('../bucket-runs.ts'),
    import('../../../../shared/contract/bucket-runs.ts'),
  ]);
  const { account, ...where } = place;
  const request = bucketRunRequestSchema.parse({
    give: { repository: access, selection: snapshot.id },
    who: { account },
    ...where,
  });
  const run = await createBucketRun(context, { ...request, title: titleOf(source) }, signal);
  await context.drills.change(context.caller, drill, { run: run.id });
  return { ...noWay, run: run.id, repository: idOf(access), account };
}

async function ofInstance(
  context: CallContext,
  drill: string,
  source: Extract<Other, { readonly kind: 'ec2' }>,
  { access, snapshot }: Point,
  signal: AbortSignal,
): Promise<Way> {
  const [{ createAwsRun }, { readPoint }] = await Promise.all([
    import('../aws-restores.ts'),
    import('../aws-points.ts'),
  ]);
  const account = (await textSetting(context, 'drills.account')) ?? source.account;
  const { natives } = await readPoint(context, { repository: access, snapshot: snapshot.id }, signal);
  const instance = natives.find((native) => native.instance !== null)?.instance ?? null;
  if (instance === null)
    throw new HoldfastError('DRILL_IMPOSSIBLE', 'The snapshot is of volumes alone: there is no instance to launch.');
  const want = { kind: 'clone' as const, root: null, data: [], like: null, changes: {}, expiresInHours: 24 };
  const { region, endpoint } = source;
  const who = { account, keys: null, mfaCode: null };
  const point = { repository: access, snapshot: snapshot.id, instance };
  const onPlanned = async (run: string): Promise<void> => {
    await context.drills.note(context.caller, drill, { kind: 'instance', run, account });
  };
  const request = { who, region, endpoint, from: null, point, want, title: titleOf(source) };
  const run = await createAwsRun(context, request, { signal, onPlanned });
  await context.drills.change(context.caller, drill, { run: run.id });
  return { ...noWay, run: run.id, repository: idOf(access), account };
}

function idOf(access: RepositoryAccess): string | null {
  return 'id' in access ? access.id : null;
}

function titleOf({ name }: RegisteredSource): string {
  return `Drill: ${name}`;
}

/** While somebody was waited for, and while it was at it. */
export function planTimes({ startedAt, endedAt, steps }: PlanRun, fromMs: number, toMs: number) {
  const asked = steps.flatMap(({ step, startedAt: began, endedAt: ended }) =>
    step.work.kind === 'checkpoint' && began !== null && ended !== null ? [Date.parse(ended) - Date.parse(began)] : [],
  );
  const wholeMs = startedAt === null ? 0 : (endedAt === null ? toMs : Date.parse(endedAt)) - Date.parse(startedAt);
  const machineMs = Math.max(0, wholeMs - asked.reduce((sum, ms) => sum + ms, 0));
  return { machineMs, humanMs: Math.max(0, toMs - fromMs - machineMs) };
}

/** What lies in the folder of the drill, held against the snapshot ref by ref, and cloned. */
export async function checkRepositories(
  context: CallContext,
  { id, source, snapshot }: Drill,
  signal: AbortSignal,
): Promise<Omit<Rehearsal, 'restoreMs'>> {
  const [{ look }, { restoreGit }, { GitCache }, { cloneEach }] = await Promise.all([
    import('../git.ts'),
    import('../../recovery/git/restore-git.ts'),
    import('../../recovery/git/cache.ts'),
    import('../../recovery/drills/repositories.ts'),
  ]);
  const access = await usualAccess(context, source);
  const repository = await openAccess(context, access);
  const { tree } = await look(context, { repository: access, snapshot: snapshot ?? '' }, signal);
  const made = (await context.drills.left(context.caller, id)).find(({ place }) => place.kind === 'folder');
  if (made?.place.kind !== 'folder') throw new HoldfastError('DRILL_IMPOSSIBLE', 'Its folder is not there any more.');
  const scratch = scratchOf(made.place.root, id);
  const found: RestoredGitRepository[] = [];
  await restoreGit({
    source: {
      repository,
      home: join(scratch.folder, 'check'),
      cache: new GitCache(join(scratch.folder, 'check')),
      snapshot: snapshot ?? '',
      tree,
      signal,
      onProgress: () => undefined,
    },
    paths: null,
    refs: null,
    target: { kind: 'bare', path: scratch.data },
    access: null,
    overwrite: false,
    deletes: false,
    dryRun: true,
    verify: false,
    beside: false,
    github: null,
    onIssue: () => undefined,
    onNotice: () => undefined,
    say: ({ repository: one }) => Promise.resolve(void found.push(one)),
  });
  const other = found.filter(({ refs }) => refs.some(({ action }) => action !== 'unchanged' && action !== 'leave'));
  const title = 'All that was brought back is as the snapshot has it';
  const [first] = other;
  const detail =
    first === undefined
      ? `${formatCount(found.length)} repositories have the refs of the snapshot`
      : `${first.name} has other refs. So it is with ${formatCount(other.length)} of ${formatCount(found.length)}.`;
  const same: DrillCheck = { id: 'manifest', title, result: first === undefined ? 'good' : 'bad', detail };
  const whole = found.filter((one) => !other.includes(one));
  const { result: clones } = await cloneEach({ scratch, signal }, whole);
  const total = { items: found.length, bytes: 0 };
  const chosen = { items: [], isWhole: true, stretch: null, count: whole.length, bytes: 0, total };
  return { chosen, checks: [same, clones], issues: [], left: 0 };
}
