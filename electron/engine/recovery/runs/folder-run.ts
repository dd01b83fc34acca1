/** The steps of a restore run of files. Each is safe to begin again. */
import { realpath, rmdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Issue } from '../../../../shared/contract/common.ts';
import type { RestoreResult } from '../../../../shared/contract/recovery.ts';
import type { RestoreRun, RunStep } from '../../../../shared/contract/restore-runs.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { formatBytes, formatCount } from '../../../../shared/model/units.ts';
import { makeFolders } from '../../platform/make-folders.ts';
import type { Repository } from '../../repository/repository.ts';
import { isScratch } from '../drills/scratch.ts';
import { restore } from '../restore.ts';
import { ledgerPath } from './ledger.ts';
import { blockersOf, preflight, referenceOf, type PreflightRequest } from './preflight.ts';
import type { NewRun, RunTask } from './run-book.ts';
import { workOnRun, type Outcome, type WorkBase } from './work-on-run.ts';

type RunWork = Omit<WorkBase, 'keepsNotes'> & {
  readonly repository: Repository;
  readonly chosen: PreflightRequest['chosen'];
  readonly home: string;
  /** What it reads from, by name. */
  readonly from: string;
  readonly onIssue: (issue: Issue) => void;
  /** Takes snapshots of what is at the original place now. */
  readonly protectWhatIsThere: () => Promise<Outcome>;
};

/** The step that takes a snapshot first. */
export const safetyStep = 'safety';
/** Issues kept with a step; the log of the job has them all. */
const keptIssues = 1000;

export function folderSteps({ target, verify: compares, protectFirst = false }: RunTask): NewRun['steps'] {
  const step = (id: string, title: string, detail: string | null, undo: string | null, noUndo: string | null) => ({
    step: id,
    title,
    detail,
    undo,
    noUndo,
  });
  const reads = 'It only reads.';
  return [
    step('preflight', 'Check the target, the room and what is in the way', target ?? 'the original place', null, reads),
    step(
      'target',
      'Make the target folder',
      target,
      target === null ? null : 'Removes the folders it made, where they are empty.',
      target === null ? 'The original place is used as it is.' : null,
    ),
    ...(protectFirst
      ? [
          step(
            safetyStep,
            'Take a snapshot of what is there now',
            null,
            null,
            'The snapshot stays: it leads back to this moment.',
          ),
        ]
      : []),
    step(
      'write',
      'Write files and folders',
      null,
      'Removes what was created and has not changed since, and puts back what was replaced. Owner, mode and times of files that were in place already stay as restored.',
      null,
    ),
    ...(compares ? [step('verify', 'Read everything back and compare it with the snapshot', null, null, reads)] : []),
    step('report', 'Sum up', null, null, 'It only counts.'),
  ];
}

/** Goes on with the first step that is not done. Returns the run as it is then. Throws what stopped it. */
export function workOnFolderRun(work: RunWork): Promise<RestoreRun> {
  return workOnRun({ ...work, keepsNotes: false }, (id) => outcomeOf(work, id));
}

async function outcomeOf(work: RunWork, id: string): Promise<Outcome> {
  switch (id) {
    case 'preflight':
      return check(work);
    case 'target':
      return makeTarget(work);
    case safetyStep:
      return work.protectWhatIsThere();
    case 'write':
      return write(work);
    case 'verify':
      return verify(work);
    case 'report':
      return sumUp(work);
    default:
      throw new HoldfastError('INTERNAL', `The run has a step ${id} that this version does not know.`);
  }
}

async function check(work: RunWork): Promise<Outcome> {
  const { target, overwrite } = placeOf(work.run);
  const { checks, plan } = await preflight({ ...work, target, overwrite });
  const [blocker] = blockersOf(checks);
  if (blocker !== undefined) throw new HoldfastError('PREFLIGHT_BLOCKED', `${blocker.title}. ${blocker.detail}`);
  const warnings = checks.filter(({ level }) => level === 'warning');
  const detail =
    warnings.length === 0
      ? `${formatCount(checks.length)} checks, all well`
      : `${formatCount(checks.length)} checks, ${formatCount(warnings.length)} with a warning`;
  const facts = { files: plan?.files ?? 0, bytes: plan?.bytes ?? 0, writtenBytes: plan?.writtenBytes ?? 0 };
  return { state: 'done', detail, result: { ...facts, checks: checks.map((each) => ({ ...each })) } };
}

function placeOf({ where }: RestoreRun): NonNullable<RestoreRun['where']> {
  if (where === null) throw new HoldfastError('INTERNAL', 'The run restores no files.');
  return where;
}

async function makeTarget({ run }: RunWork): Promise<Outcome> {
  const { target } = placeOf(run);
  if (target === null) return { state: 'done', detail: 'the original place', result: { real: '/', made: [] } };
  // Steps of a plan restore side by side into folders of one folder, which one of them makes.
  const made = await makeFolders(resolve(target));
  const real = await realpath(target);
  // Of an attempt that was killed in the middle, only what this one still made is known: the rest stays at an undo.
  return { state: 'done', detail: real, result: { real, made } };
}

function stepResult({ steps }: RestoreRun, id: string): NonNullable<RunStep['result']> {
  return steps.find((step) => step.id === id)?.result ?? {};
}

/** Where the target really is, as it was found when it was made; null before that. */
export function realTarget(run: RestoreRun): string | null {
  const { real } = stepResult(run, 'target');
  return typeof real === 'string' ? real : null;
}

/** Takes back the second step; after the files. */
export async function removeMadeFolders(run: RestoreRun): Promise<void> {
  const { made } = stepResult(run, 'target');
  const folders = Array.isArray(made) ? made.filter((folder) => typeof folder === 'string') : [];
  // What is not empty stays, and so does what is above it.
  for (const folder of folders.toReversed()) await rmdir(folder).catch(() => undefined);
}

async function bring(work: RunWork, compare: boolean): Promise<RestoreResult> {
  const current = await work.book.get(work.caller, work.run.id);
  const { target, overwrite } = placeOf(work.run);
  const real = realTarget(current);
  if (target !== null && (await realpath(target)) !== real) {
    throw new HoldfastError('TARGET_UNUSABLE', `${target} is not the folder any more in which the run has begun.`);
  }
  return restore({
    ...work,
    selections: work.chosen.map(({ selection }) => referenceOf(selection)),
    source: undefined,
    target,
    overwrite,
    dryRun: false,
    isOwnFolder: isScratch(work.home, target),
    // The preflight has said whether it fits.
    ignoreFreeSpace: false,
    verify: true,
    run: { id: work.run.id, ledger: ledgerPath(work.home, work.run.id), compare },
    say: () => Promise.resolve(),
  });
}

async function write(work: RunWork): Promise<Outcome> {
  const result = await bring(work, false);
  const { files, folders, others, bytes, writtenBytes, unchangedFiles, conflicts, issues, elsewhere } = result;
  const kept = conflicts.filter(({ action }) => action === 'kept').length;
  const replaced = conflicts.length - kept;
  const detail = `${formatCount(files)} files, ${formatBytes(writtenBytes)} written, ${formatCount(issues.length)} problems`;
  return {
    state: issues.length > 0 || kept > 0 ? 'partial' : 'done',
    detail,
    result: {
      files,
      folders,
      others,
      bytes,
      writtenBytes,
      unchangedFiles,
      kept,
      replaced,
      from: work.from,
      elsewhere,
      ...keep(issues),
    },
  };
}

async function verify(work: RunWork): Promise<Outcome> {
  const { verifiedFiles, verifiedBytes, issues } = await bring(work, true);
  const detail = `${formatCount(verifiedFiles)} files, ${formatBytes(verifiedBytes)} are as the snapshot has them`;
  return {
    state: issues.length > 0 ? 'partial' : 'done',
    detail: issues.length === 0 ? detail : `${detail}, ${formatCount(issues.length)} things are not`,
    result: { verifiedFiles, verifiedBytes, ...keep(issues) },
  };
}

function keep(issues: readonly Issue[]): { issues: Issue[]; issueCount: number } {
  return { issues: issues.slice(0, keptIssues), issueCount: issues.length };
}

async function sumUp({ book, caller, run }: RunWork): Promise<Outcome> {
  const current = await book.get(caller, run.id);
  const { files, bytes } = stepResult(current, 'write');
  const count = typeof files === 'number' ? files : 0;
  const amount = typeof bytes === 'number' ? bytes : 0;
  return { state: 'done', detail: `${formatCount(count)} files, ${formatBytes(amount)}`, result: {} };
}
