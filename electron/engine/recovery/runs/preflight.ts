/** What a run would do and what could go wrong, found out without changing anything. */
import { constants } from 'node:fs';
import { access, readdir, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Issue, Progress } from '../../../../shared/contract/common.ts';
import type { RestoreResult } from '../../../../shared/contract/recovery.ts';
import type { PreflightCheck } from '../../../../shared/contract/preflight-check.ts';
import type { RunSelection } from '../../../../shared/contract/restore-runs.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { formatBytes, formatCount } from '../../../../shared/model/units.ts';
import { readFact } from '../../repository/format/snapshot.ts';
import type { Repository } from '../../repository/repository.ts';
import type { StoredSnapshot } from '../../repository/snapshots.ts';
import { isScratch } from '../drills/scratch.ts';
import { restore } from '../restore.ts';
import type { Overwrite } from '../restore-protocol.ts';

export type PreflightRequest = {
  readonly repository: Repository;
  readonly home: string;
  readonly chosen: readonly { readonly snapshot: StoredSnapshot; readonly selection: RunSelection }[];
  readonly target: string | null;
  readonly overwrite: Overwrite;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly onNotice: (text: string) => void;
};

export type Preflight = { readonly plan: RestoreResult | null; readonly checks: readonly PreflightCheck[] };

/** Of the room that is left, what a run may take without a word. */
const comfortableShare = 0.9;

export async function preflight(request: PreflightRequest): Promise<Preflight> {
  const issues: Issue[] = [];
  const checks = await targetChecks(request);
  checks.push(...snapshotChecks(request));
  let plan: RestoreResult | null = null;
  try {
    plan = await restore({
      ...request,
      selections: request.chosen.map(({ selection }) => referenceOf(selection)),
      source: undefined,
      isOwnFolder: isScratch(request.home, request.target),
      dryRun: true,
      ignoreFreeSpace: true,
      verify: false,
      onIssue: (issue) => issues.push(issue),
      say: () => Promise.resolve(),
    });
  } catch (error) {
    if (!(error instanceof HoldfastError) || !aboutTheTarget.has(error.code)) throw error;
    checks.push(check('blocker', 'target', 'The target cannot be used', error.message));
  }
  if (plan !== null) checks.push(...planChecks(request, plan));
  return { plan, checks };
}

const aboutTheTarget: ReadonlySet<string> = new Set(['TARGET_UNUSABLE', 'NO_PERMISSION', 'READ_ONLY', 'IO_ERROR']);

/** As `restore` takes it. */
export function referenceOf({ snapshot, path }: Pick<RunSelection, 'snapshot' | 'path'>): string {
  return path === '/' ? snapshot : `${snapshot}:${path}`;
}

export function blockersOf(checks: readonly PreflightCheck[]): PreflightCheck[] {
  return checks.filter(({ level }) => level === 'blocker');
}

function check(level: PreflightCheck['level'], id: string, title: string, detail: string): PreflightCheck {
  return { level, id, title, detail };
}

async function targetChecks({ target, chosen }: PreflightRequest): Promise<PreflightCheck[]> {
  if (target === null) {
    const text = 'Files go back to where they came from. What is in the way is treated as you choose.';
    return [check('warning', 'in-place', 'Restores to the original place', text)];
  }
  const checks: PreflightCheck[] = [];
  const nearest = await nearestFolder(target);
  const names = nearest === target ? await readdir(target).catch(() => null) : [];
  if (nearest !== target) checks.push(check('ok', 'target', 'The folder is made', `${target} does not exist yet.`));
  else if (names === null) checks.push(check('warning', 'target', 'The target cannot be listed', target));
  else if (names.length === 0) checks.push(check('ok', 'target', 'The target is empty', target));
  else {
    const text = `${target} holds ${formatCount(names.length)} other things; they stay unless they are in the way.`;
    checks.push(check('warning', 'target', 'The target is not empty', text));
  }
  checks.push(await permissionCheck(nearest));
  const real = await realpath(nearest).catch(() => nearest);
  const inside = chosen.flatMap(({ snapshot }) => snapshot.file.paths).find((path) => isIn(real, path));
  if (inside !== undefined) {
    const text = `What is restored lies in ${inside}, which is protected: the next snapshot will hold it a second time.`;
    checks.push(check('warning', 'inside-source', 'The target is inside the source', text));
  }
  return checks;
}

async function permissionCheck(folder: string): Promise<PreflightCheck> {
  try {
    await access(folder, constants.W_OK | constants.X_OK);
    return check('ok', 'permission', 'The target can be written to', folder);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return check('blocker', 'permission', 'The target cannot be written to', reason);
  }
}

function snapshotChecks({ chosen }: PreflightRequest): PreflightCheck[] {
  const partial = [...new Set(chosen.map(({ snapshot }) => snapshot))].filter(
    ({ file }) => readFact(file.tags, 'status') === 'partial',
  );
  const checks = partial.map(({ id, takenAtMs }) =>
    check(
      'warning',
      'partial-snapshot',
      `Snapshot ${id.slice(0, 8)} is partial`,
      `What could not be read at ${new Date(takenAtMs).toISOString()} is not in it and does not come back.`,
    ),
  );
  if (process.getuid?.() !== 0) {
    const text = 'Files will belong to this account, without set-id bits; devices cannot be made.';
    checks.push(check('warning', 'owner', 'Not running as root', text));
  }
  return checks;
}

function planChecks({ overwrite }: PreflightRequest, plan: RestoreResult): PreflightCheck[] {
  const things = plan.files + plan.folders + plan.others;
  const amount = `${formatCount(plan.files)} files, ${formatBytes(plan.bytes)}.`;
  const checks = [
    things === 0
      ? check('blocker', 'nothing', 'There is nothing to restore', 'The selection holds nothing.')
      : check('ok', 'amount', 'What comes back', amount),
    roomCheck(plan),
    ...conflictChecks(overwrite, plan),
  ];
  if (plan.issues.length > 0) {
    const [first] = plan.issues;
    const text = `${formatCount(plan.issues.length)} things cannot come back as stored, first ${first?.path ?? ''}: ${first?.message ?? ''}`;
    checks.push(check('warning', 'damage', 'The repository lacks something', text));
  }
  return checks;
}

function roomCheck({ freeBytes, writtenBytes }: RestoreResult): PreflightCheck {
  const needed = `${formatBytes(writtenBytes)} are written`;
  if (freeBytes === null) return check('warning', 'room', 'Free space is not known', `${needed}.`);
  const text = `${needed}, ${formatBytes(freeBytes)} are free.`;
  if (writtenBytes > freeBytes) return check('blocker', 'room', 'There is not enough room', text);
  if (writtenBytes > freeBytes * comfortableShare) return check('warning', 'room', 'There is little room', text);
  return check('ok', 'room', 'There is room', text);
}

function conflictChecks(overwrite: Overwrite, { conflicts }: RestoreResult): PreflightCheck[] {
  if (conflicts.length === 0) return [check('ok', 'conflicts', 'Nothing is in the way', 'Nothing is overwritten.')];
  const kept = conflicts.filter(({ action }) => action === 'kept').length;
  const replaced = conflicts.length - kept;
  const checks: PreflightCheck[] = [];
  if (kept > 0) {
    const text = `${formatCount(kept)} things are in the way and stay; their stored form is not restored.`;
    checks.push(check('warning', 'kept', 'Some things stay as they are', text));
  }
  if (replaced > 0) {
    const rule = overwrite === 'always' ? 'whatever they hold' : 'if they differ';
    const text = `${formatCount(replaced)} things are replaced (${rule}). Each is kept beside its place until the run is closed.`;
    checks.push(check('warning', 'replaced', 'Some things are replaced', text));
  }
  return checks;
}

function isIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}

async function nearestFolder(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    if ((await stat(at).catch(() => null)) !== null || at === '/') return at;
  }
}
