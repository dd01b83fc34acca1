/** Makes a clone: noted first, made beside its place or below a prefix where nothing is, taken stock of, and then shown. */
import { randomBytes } from 'node:crypto';
import { lstat, mkdir, rename, rm, rmdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { z } from 'zod';
import type { newCloneSchema, CloneOf, ClonePlace } from '../../../../shared/contract/clones.ts';
import type { Issue, RepositoryAccess } from '../../../../shared/contract/common.ts';
import { cutOffWords, longestLifeMs, stagingOf } from '../../../../shared/model/clones.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { CloneRow } from '../../catalog/clones.ts';
import type { Voice } from '../../jobs/voice.ts';
import { markName, markOf, markText, writeMark } from '../../recovery/clones/clone-mark.ts';
import { workInFolder } from '../../recovery/clones/folder-clone.ts';
import { manifestPath } from '../../recovery/clones/manifest.ts';
import { restoreGit } from '../../recovery/git/restore-git.ts';
import { restore } from '../../recovery/restore.ts';
import type { Repository } from '../../repository/repository.ts';
import { openAccess } from '../access.ts';
import type { CallContext } from '../context.ts';
import { rememberEndpoint } from '../entered-endpoints.ts';
import { findSnapshot } from '../find-snapshot.ts';
import { lookedInto } from '../looked-into.ts';
import { mustFindClone, whileAt } from './book.ts';
import { freeFolder, inPrefix, mustBeEmpty, mustBeFreePrefix, awsPlaceOf } from './place.ts';
import { clearStaging } from './remove-clone.ts';

type What = z.infer<typeof newCloneSchema>;
type Of<Kind extends What['kind']> = Extract<What, { readonly kind: Kind }>;
type BucketPlace = Extract<ClonePlace, { readonly kind: 'bucket' }>;

export type CloneCall = { readonly access: RepositoryAccess; readonly what: What; readonly expiresAtMs: number };
export type Made = { readonly row: CloneRow; readonly issues: readonly Issue[]; readonly of: CloneOf };

/** BAD_USAGE for a time that is over, or too far away to be meant. */
export function mustBeAhead(expiresAtMs: number, nowMs: number): void {
  if (expiresAtMs <= nowMs) throw new HoldfastError('BAD_USAGE', 'A clone expires at a time that is still to come.');
  if (expiresAtMs - nowMs > longestLifeMs)
    throw new HoldfastError('BAD_USAGE', 'A clone expires within five years; what is to stay longer is no clone.');
}

/** What could not be brought back as stored is in `issues`; all else that goes wrong leaves nothing behind. */
export async function makeClone(context: CallContext, call: CloneCall, voice: Voice): Promise<Made> {
  const id = randomBytes(8).toString('hex');
  return whileAt(id, async () => {
    const repository = await openAccess(context, call.access);
    const issues: Issue[] = [];
    const onIssue = (issue: Issue): void => {
      issues.push(issue);
      voice.onIssue(issue);
    };
    const made: Frame = { context, repository, id, expiresAtMs: call.expiresAtMs, voice: { ...voice, onIssue } };
    const { what } = call;
    const of =
      what.kind === 'folder'
        ? await cloneFolder(made, what)
        : what.kind === 'git'
          ? await cloneGit(made, what)
          : await cloneBucket(made, what);
    return { row: await mustFindClone(context, id), issues, of };
  });
}

type Frame = {
  readonly context: CallContext;
  readonly repository: Repository;
  readonly id: string;
  readonly expiresAtMs: number;
  readonly voice: Voice;
};

async function cloneFolder(frame: Frame, { selections, source, target }: Of<'folder'>): Promise<CloneOf> {
  const { context, repository, voice } = frame;
  const found = await Promise.all(
    selections.map((snapshot) => findSnapshot(context, repository, { ...reference(source), snapshot })),
  );
  const [first] = found;
  if (first === undefined) throw new HoldfastError('BAD_USAGE', 'Nothing is chosen.');
  const snapshots = found.map(({ snapshot }) => snapshot);
  const paths = found.map(({ path }) => path ?? '/');
  const of = ofSnapshot(repository, first.snapshot, paths);
  const place = { kind: 'folder' as const, path: await freeFolder(context, target, snapshots) };
  await intoFolder(frame, { of, place, isAlone: false }, async (folder, home) => {
    await restore({
      ...voice,
      repository,
      home,
      selections: found.map(({ snapshot, path }) => (path === null ? snapshot.id : `${snapshot.id}:${path}`)),
      source: undefined,
      target: folder,
      overwrite: 'never',
      dryRun: false,
      verify: true,
      ignoreFreeSpace: false,
      say: () => Promise.resolve(),
    });
  });
  return of;
}

async function cloneGit(frame: Frame, what: Of<'git'>): Promise<CloneOf> {
  const { context, repository, voice } = frame;
  const { snapshot, source, paths, as, target } = what;
  const found = await findSnapshot(context, repository, { ...reference(source), snapshot });
  const of = ofSnapshot(repository, found.snapshot, paths ?? ['/']);
  const place = { kind: 'git' as const, as, path: await freeFolder(context, target, [found.snapshot]) };
  const isAlone = paths?.length === 1;
  await intoFolder(frame, { of, place, isAlone }, async (folder) => {
    const tree = lookedInto(context, repository, found.snapshot.file.tree, voice.signal);
    const { home, gitCache: cache } = context;
    const { onIssue, onNotice, onProgress, signal } = voice;
    const { repositories } = await restoreGit({
      source: { repository, home, cache, snapshot: found.snapshot.id, tree, signal, onProgress },
      paths,
      refs: null,
      target: { kind: as, path: folder },
      access: null,
      overwrite: false,
      deletes: false,
      dryRun: false,
      verify: true,
      beside: false,
      github: null,
      onIssue,
      onNotice,
      say: () => Promise.resolve(),
    });
    const { done, partial, failed, empty } = repositories;
    if (failed > 0 && done + partial + empty === 0)
      throw new HoldfastError('GIT_REPOSITORY_INVALID', 'No repository of it could be brought back.');
  });
  return of;
}

type IntoFolder = {
  readonly of: CloneOf;
  readonly place: Extract<ClonePlace, { readonly kind: 'folder' | 'git' }>;
  readonly isAlone: boolean;
};

/** Made in a folder beside its place, so that it appears there whole, and nothing of anybody is ever among it. */
async function intoFolder(
  { context, id, expiresAtMs, voice }: Frame,
  { of, place, isAlone }: IntoFolder,
  fill: (folder: string, home: string) => Promise<void>,
): Promise<void> {
  const { catalog, caller, home } = context;
  const { path } = place;
  const staging = stagingOf(path, id);
  const data = join(staging, 'data');
  const notes = join(home, 'clones', id);
  const madeAtMs = context.nowMs();
  let isShown = false;
  await catalog.write('clones.add', caller, { id, of, place, madeAtMs, expiresAtMs });
  try {
    await mkdir(staging, { mode: 0o700 });
    const text = markText({ id, of, madeBy: caller.actor, madeAtMs, expiresAtMs });
    await writeMark(staging, markName, text);
    // What a restore notes for itself goes with it.
    await mkdir(notes, { recursive: true, mode: 0o700 });
    await fill(data, notes);
    await mkdir(data, { recursive: true, mode: 0o700 });
    const mark = markOf(place, isAlone);
    await writeMark(data, mark, text);
    const { items, bytes } = await workInFolder({
      task: 'take stock',
      folder: data,
      manifest: manifestPath(home, id),
      mark,
      isCheckout: false,
      inode: '',
      signal: voice.signal,
      onProgress: voice.onProgress,
    });
    await mustBeEmpty(path);
    const root = { own: await inodeOf(data), parent: await inodeOf(dirname(path)) };
    await catalog.write('clones.change', caller, { id, root, items, bytes });
    await show(data, path);
    isShown = true;
    await unlink(join(staging, markName));
    await rmdir(staging);
    await catalog.write('clones.change', caller, { id, state: 'ready', madeAtMs: context.nowMs() });
  } catch (error) {
    // One that is shown is a clone: forgotten, it would never go. The next look tidies what is left of its making.
    if (!isShown) await clearStaging(context, { id, path }).catch(() => undefined);
    throw error;
  } finally {
    await rm(notes, { recursive: true, force: true });
  }
}

/** CLONE_PLACE_TAKEN where somebody was faster. */
async function show(data: string, path: string): Promise<void> {
  try {
    await rename(data, path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'ENOTDIR') throw error;
    throw new HoldfastError('CLONE_PLACE_TAKEN', `Something has come to ${path} meanwhile.`, { cause: error });
  }
}

export async function inodeOf(path: string): Promise<string> {
  return String((await lstat(path, { bigint: true })).ino);
}

async function cloneBucket(frame: Frame, what: Of<'bucket'>): Promise<CloneOf> {
  const { context, repository, id, expiresAtMs, voice } = frame;
  const { catalog, caller, home } = context;
  const { selection, source, bucket, prefix, place: given } = what;
  const found = await findSnapshot(context, repository, { ...reference(source), snapshot: selection });
  const from = found.path ?? '';
  const of = ofSnapshot(repository, found.snapshot, [`/${from}`]);
  const place: BucketPlace = { kind: 'bucket', bucket, prefix, ...given };
  await mustBeFreePrefix(context, place);
  // Whoever makes it has entered it now.
  await rememberEndpoint(home, caller.tenant, given);
  // AWS's kit takes long to load.
  const { markPrefix, mustBeFree } = await import('../../recovery/clones/bucket-clone.ts');
  await inPrefix(context, place, voice.signal, mustBeFree);
  const madeAtMs = context.nowMs();
  await catalog.write('clones.add', caller, { id, of, place, madeAtMs, expiresAtMs });
  try {
    const text = markText({ id, of, madeBy: caller.actor, madeAtMs, expiresAtMs });
    await inPrefix(context, place, voice.signal, (at) => markPrefix(at, text));
    const stock = await fillPrefix(frame, place, { tree: found.snapshot.file.tree, from });
    await catalog.write('clones.change', caller, { id, state: 'ready', madeAtMs: context.nowMs(), ...stock });
  } catch (error) {
    const trouble = { kind: 'failed' as const, atMs: context.nowMs(), count: 0, detail: cutOffWords, items: [] };
    await catalog.write('clones.change', caller, { id, state: 'unfinished', trouble });
    throw error;
  }
  return of;
}

async function fillPrefix(
  { context, repository, id, voice }: Frame,
  place: BucketPlace,
  { tree, from }: { readonly tree: string; readonly from: string },
) {
  const { awsAccessOf } = await import('../aws-access.ts');
  const { giveToBucket } = await import('../../recovery/s3/give-to-bucket.ts');
  const { stockOf } = await import('../../recovery/clones/bucket-clone.ts');
  const { bucketKeys } = await import('../../recovery/clones/bucket-keys.ts');
  const { bucket, prefix } = place;
  const journal = join(context.home, 'clones', `${id}.uploads`);
  const access = await awsAccessOf(context, awsPlaceOf(place));
  const rules = { overwrite: 'never', versions: 'newest', dryRun: false, verify: true } as const;
  await giveToBucket({ ...voice, repository, access, options: { tree, from, bucket, prefix, journal, ...rules } });
  const keys = await bucketKeys(repository, { tree, from, prefix, signal: voice.signal });
  return inPrefix(context, place, voice.signal, (at) =>
    stockOf(at, manifestPath(context.home, id), (key) => keys.has(key)),
  );
}

function reference(source: string | undefined) {
  return { repository: {} as RepositoryAccess, ...(source === undefined ? {} : { source }) };
}

function ofSnapshot(
  { config }: Repository,
  { id, source, takenAtMs }: { readonly id: string; readonly source: string; readonly takenAtMs: number },
  paths: readonly string[],
): CloneOf {
  return { repository: config.id, source, snapshot: id, takenAt: new Date(takenAtMs).toISOString(), paths: [...paths] };
}
