/** A plan held against today: whether every step could be done if it were begun now. Nothing is restored, nothing run. */
import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { call } from '@orpc/server';
import type { RepositoryAccess } from '../../../../shared/contract/common.ts';
import { toHoldfastError } from '../../../../shared/model/errors.ts';
import { choosePoint } from '../../../../shared/model/recovery-points.ts';
import {
  fillStep,
  isRestore,
  parametersIn,
  planProblems,
  type PlanStep,
  type RestoreWork,
} from '../../../../shared/model/recovery-plans.ts';
import { formatBytes } from '../../../../shared/model/units.ts';
import type { KnownPlan, PlanCheckRow } from '../../catalog/recovery-plans.ts';
import type { CallContext } from '../context.ts';
import { heldPoints, type HeldPoint, type HeldPoints } from './points.ts';

type Found = Omit<PlanCheckRow, 'step'>;

/** What was found is kept: alerts and screens tell of it. */
export async function checkPlan(
  context: CallContext,
  known: KnownPlan,
  given: RepositoryAccess | null,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { plan, version, approved } = known;
  const checks: PlanCheckRow[] = planProblems(plan).map(({ step, problem }) => ({
    step,
    level: 'blocker',
    detail: problem,
  }));
  if (approved === false)
    checks.push({ step: null, level: 'blocker', detail: 'Its commands are not approved on this machine.' });
  const held = await heldPoints(context, given);
  for (const name of held.closed)
    checks.push({ step: null, level: 'warning', detail: `${name} could not be looked into.` });
  const defaults = Object.fromEntries(
    plan.parameters.flatMap(({ name, default: value }) => (value === null ? [] : [[name, value] as const])),
  );
  for (const step of plan.steps)
    for (const found of await checkStep(context, fillStep(step, defaults), { held, defaults, signal }))
      checks.push({ step: step.id, ...found });
  const { catalog, caller, nowMs } = context;
  await catalog.write('recoveryPlans.checked', caller, { name: plan.name, version, atMs: nowMs(), checks });
}

type Today = {
  readonly held: HeldPoints;
  readonly defaults: Readonly<Record<string, string>>;
  readonly signal: AbortSignal | undefined;
};

async function checkStep(context: CallContext, { work }: PlanStep, today: Today): Promise<Found[]> {
  if (isRestore(work)) return checkRestore(context, work, today);
  if (work.kind === 'command' && work.run.kind === 'program') {
    const [program = ''] = work.run.words;
    if (program.includes('${') || (await canRun(program))) return [];
    return [{ level: 'blocker', detail: `There is no program ${program} on this machine.` }];
  }
  if (work.kind === 'health' && work.check.kind === 'ssh') {
    const { keyFile } = work.check;
    if (await isReadable(keyFile)) return [];
    return [{ level: 'blocker', detail: `The private key ${keyFile} cannot be read.` }];
  }
  return [];
}

async function checkRestore(
  context: CallContext,
  work: RestoreWork,
  { held, defaults, signal }: Today,
): Promise<Found[]> {
  const own = held.points.filter(({ source }) => source === work.source);
  // A moment that somebody says only then is today.
  const isOpen = work.point.kind === 'before' && defaults[work.point.parameter] === undefined;
  const rule = isOpen ? ({ kind: 'latest' } as const) : work.point;
  const point = choosePoint(rule, own, { values: defaults, atMs: null });
  if ('problem' in point) {
    const isSure = held.closed.length === 0;
    return [{ level: isSure ? 'blocker' : 'warning', detail: `${work.source}: ${point.problem}` }];
  }
  const taken = new Date(point.takenAtMs).toISOString().slice(0, 16).replace('T', ' ');
  const found: Found = { level: 'ok', detail: `${work.source}: snapshot of ${taken} UTC.` };
  return [found, ...(await checkTarget(context, work, point, signal))];
}

async function checkTarget(
  context: CallContext,
  work: RestoreWork,
  point: HeldPoint,
  signal: AbortSignal | undefined,
): Promise<Found[]> {
  // What is said only when the plan is run cannot be looked at now.
  if (parametersIn(work).length > 0) return [];
  if (work.kind === 'folder') return work.target === null ? [] : checkFolder(work.target, point);
  if (work.kind === 'git') {
    if (work.target.kind === 'bare' || work.target.kind === 'checkout') return checkFolder(work.target.path, point);
    return work.target.kind === 'github'
      ? [{ level: 'ok', detail: 'A token that may write there is asked for when the plan is run.' }]
      : [];
  }
  const { account, region, endpoint } = work;
  const { awsHandlers } = await import('../aws.ts');
  try {
    await call(
      awsHandlers.identity,
      { account, region, endpoint },
      signal === undefined ? { context } : { context, signal },
    );
    return [];
  } catch (error) {
    return [{ level: 'blocker', detail: `AWS: ${toHoldfastError(error).message}` }];
  }
}

async function checkFolder(target: string, { bytes }: HeldPoint): Promise<Found[]> {
  if (!isAbsolute(target)) return [{ level: 'blocker', detail: `${target} is no absolute path.` }];
  const there = await nearest(target);
  if (!(await isWritable(there))) return [{ level: 'blocker', detail: `Nothing can be written to ${there}.` }];
  const { bavail, bsize } = await statfs(there);
  const free = bavail * bsize;
  if (bytes === null || bytes <= free) return [];
  const detail = `${target} has ${formatBytes(free)} free, and the snapshot has ${formatBytes(bytes)}.`;
  return [{ level: 'blocker', detail }];
}

/** The folder itself, or the one above it that is there. */
async function nearest(path: string): Promise<string> {
  if (
    path === '/' ||
    (await access(path).then(
      () => true,
      () => false,
    ))
  )
    return path;
  return nearest(dirname(path));
}

function isWritable(path: string): Promise<boolean> {
  return may(path, constants.W_OK);
}

function isReadable(path: string): Promise<boolean> {
  return may(path, constants.R_OK);
}

async function canRun(program: string): Promise<boolean> {
  if (isAbsolute(program)) return may(program, constants.X_OK);
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const found = await Promise.all(folders.map((folder) => may(join(folder, program), constants.X_OK)));
  return found.includes(true);
}

function may(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
