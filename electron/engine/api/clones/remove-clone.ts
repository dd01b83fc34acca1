/** Removes clones: what they have made and nobody has changed since, and with it their place in the list. */
import { lstat, readdir, rmdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CloneLook, CloneRemoval, ClonePlace } from '../../../../shared/contract/clones.ts';
import type { Progress } from '../../../../shared/contract/common.ts';
import { cutOffWords, stagingOf, troubleWords, type CloneTrouble } from '../../../../shared/model/clones.ts';
import { HoldfastError, toHoldfastError } from '../../../../shared/model/errors.ts';
import type { CloneRow } from '../../catalog/clones.ts';
import { findMark, markName } from '../../recovery/clones/clone-mark.ts';
import type { CloneTold } from '../../recovery/clones/clone-worker.ts';
import { workInFolder } from '../../recovery/clones/folder-clone.ts';
import { manifestPath, removeManifest } from '../../recovery/clones/manifest.ts';
import type { CallContext } from '../context.ts';
import { inPrefix } from './place.ts';

type FolderPlace = Extract<ClonePlace, { readonly kind: 'folder' | 'git' }>;
type Listener = { readonly signal: AbortSignal | undefined; readonly onProgress: (progress: Progress) => void };
type Task = 'look' | 'remove' | 'remove all';

/** Whether somebody has changed it; nothing is changed by that. */
export async function lookAtClone(context: CallContext, row: CloneRow, listener: Listener): Promise<CloneLook> {
  const { items, kept, names, missing } = await work(context, row, 'look', listener);
  return { items, changed: kept, names: [...names], missing };
}

/** CLONE_CHANGED, CLONE_MISSING; either is noted as its trouble. What throws on the way is noted too. */
export async function removeClone(
  context: CallContext,
  row: CloneRow,
  { withChanges, listener }: { readonly withChanges: boolean; readonly listener: Listener },
): Promise<CloneRemoval> {
  const { catalog, caller, nowMs } = context;
  const { id, state } = row;
  const note = async (kind: CloneTrouble, count: number, detail: string, items: readonly string[]): Promise<void> => {
    const trouble = { kind, atMs: nowMs(), count, detail, items };
    await catalog.write('clones.change', caller, { id, state: state === 'unfinished' ? state : 'ready', trouble });
  };
  try {
    if (!withChanges && state === 'unfinished') throw unfinished(row);
    if (!withChanges && state !== 'removing') {
      const look = await work(context, row, 'look', listener);
      if (look.missing) return await overMissing(context, row, note);
      if (look.kept > 0) {
        const words = troubleWords('changed', look.kept);
        await note('changed', look.kept, words, look.names);
        throw new HoldfastError('CLONE_CHANGED', words);
      }
    }
    if (state !== 'unfinished') await catalog.write('clones.change', caller, { id, state: 'removing' });
    const { removed, kept, names, missing } = await work(context, row, withChanges ? 'remove all' : 'remove', listener);
    // Also where it was being removed: its disk may be away now.
    if (missing) return await overMissing(context, row, note);
    if (kept > 0) await note(withChanges ? 'failed' : 'changed', kept, leftWords(withChanges, kept), names);
    else await forget(context, id);
    return { removed, left: kept, names: [...names] };
  } catch (thrown) {
    const error = toHoldfastError(thrown);
    const isNoted = ['CLONE_CHANGED', 'CLONE_MISSING', 'CANCELLED'].includes(error.code) || state === 'unfinished';
    // One that was being removed goes on being so.
    if (!isNoted) {
      const trouble = { kind: 'failed' as const, atMs: nowMs(), count: 0, detail: error.message, items: [] };
      await catalog.write('clones.change', caller, { id, trouble });
    }
    throw error;
  }
}

function leftWords(withChanges: boolean, count: number): string {
  return withChanges ? troubleWords('failed', count) : troubleWords('changed', count);
}

/** It is no clone of ours any more, and nothing knows what it had made. */
export async function forget({ catalog, caller, home }: CallContext, id: string): Promise<void> {
  await catalog.write('clones.remove', caller, { id });
  removeManifest(manifestPath(home, id));
}

/**
 * Where the folder it lay in is the same as ever, somebody has removed it, and that is the end of it. Else its disk may be
 * away.
 */
async function overMissing(
  context: CallContext,
  row: CloneRow,
  note: (kind: CloneTrouble, count: number, detail: string, items: readonly string[]) => Promise<void>,
): Promise<CloneRemoval> {
  const asked = !context.isScheduled;
  if (asked || (await isGone(row))) {
    await forget(context, row.id);
    return { removed: 0, left: 0, names: [] };
  }
  await note('missing', 0, troubleWords('missing', 0), []);
  throw new HoldfastError('CLONE_MISSING', troubleWords('missing', 0));
}

async function isGone({ place, root }: CloneRow): Promise<boolean> {
  if (!('path' in place)) return true;
  const at = await lstat(place.path, { bigint: true }).catch(() => null);
  const parent = await lstat(dirname(place.path), { bigint: true }).catch(() => null);
  return at === null && parent !== null && String(parent.ino) === root?.parent;
}

function unfinished({ id }: CloneRow): HoldfastError {
  const what = `The clone ${id} was never whole: nobody can say what below its prefix is of it.`;
  return new HoldfastError('CLONE_CHANGED', what);
}

async function work(context: CallContext, row: CloneRow, task: Task, listener: Listener): Promise<CloneTold> {
  const { place } = row;
  if (place.kind === 'instance') throw new HoldfastError('CLONE_UNKNOWN', 'That is an instance in AWS.');
  if (place.kind === 'bucket') return workInPrefix(context, { ...row, place }, task, listener);
  return workAtPath(context, { ...row, place }, task, listener);
}

async function workAtPath(
  { home }: CallContext,
  { id, place, root }: Pick<CloneRow, 'id' | 'root'> & { readonly place: FolderPlace },
  task: Task,
  listener: Listener,
): Promise<CloneTold> {
  const found = await lstat(place.path).catch(() => null);
  if (root === null || found?.isDirectory() !== true)
    return { items: 0, bytes: 0, removed: 0, kept: 0, names: [], missing: true };
  const mark = await findMark(place.path);
  const told = await workInFolder({
    ...listener,
    task,
    folder: place.path,
    manifest: manifestPath(home, id),
    mark: mark?.id === id ? mark.name : null,
    isCheckout: place.kind === 'git' && place.as === 'checkout',
    inode: root.own,
  });
  // Whoever takes its mark away wants to keep it.
  if (task !== 'look' || told.missing || mark?.id === id) return told;
  return { ...told, kept: told.kept + 1, names: ['Its mark is gone, or is another’s.', ...told.names] };
}

async function workInPrefix(
  context: CallContext,
  { id, place }: Pick<CloneRow, 'id'> & { readonly place: Extract<ClonePlace, { readonly kind: 'bucket' }> },
  task: Task,
  { signal = new AbortController().signal, onProgress }: Listener,
): Promise<CloneTold> {
  const { emptyPrefix, lookAtPrefix, markAt } = await import('../../recovery/clones/bucket-clone.ts');
  const manifest = manifestPath(context.home, id);
  return inPrefix(context, place, signal, async (at) => {
    if (task === 'look') {
      const told = await lookAtPrefix(at, manifest);
      if (told.missing || (await markAt(at)) === id) return told;
      return { ...told, kept: told.kept + 1, names: ['Its mark is gone, or is another’s.', ...told.names] };
    }
    const unknown = { totalItems: null, doneBytes: 0, totalBytes: null, issues: 0 };
    return emptyPrefix(at, manifest, {
      all: task === 'remove all',
      onProgress: (doneItems, currentItem) => onProgress({ phase: 'Removing', doneItems, currentItem, ...unknown }),
    });
  });
}

/** What was made beside its place and was never shown there. Whatever is not marked as this one's stays. */
export async function clearStaging(
  context: CallContext,
  { id, path }: { readonly id: string; readonly path: string },
): Promise<void> {
  await removeStaging(context.home, id, path);
  await forget(context, id);
}

async function removeStaging(home: string, id: string, path: string): Promise<void> {
  const staging = stagingOf(path, id);
  const found = await lstat(staging, { bigint: true }).catch(() => null);
  if (found?.isDirectory() !== true) return;
  // Killed before it was marked: then nothing else is in it.
  const names = await readdir(staging);
  const part = `${markName}.part`;
  if (names.length === 1 && names[0] === part) await unlink(join(staging, part));
  if (names.length === 0 || names[0] === part) return rmdir(staging);
  const mark = await findMark(staging);
  if (mark?.id !== id) return;
  const told = await workInFolder({
    task: 'remove all',
    folder: staging,
    manifest: join(home, 'clones', `${id}.none`),
    mark: markName,
    isCheckout: false,
    inode: String(found.ino),
    signal: undefined,
    onProgress: () => undefined,
  });
  if (told.kept > 0)
    throw new HoldfastError('IO_ERROR', `Of ${staging} something could not be removed: ${told.names[0] ?? ''}`);
}

/** One that was cut off while it was made: shown already, it is whole; else what there is of it goes. */
export async function tidyClone(context: CallContext, { id, place, root, madeAtMs }: CloneRow): Promise<void> {
  const { catalog, caller, home } = context;
  if (!('path' in place)) {
    const trouble = { kind: 'failed' as const, atMs: context.nowMs(), count: 0, detail: cutOffWords, items: [] };
    await catalog.write('clones.change', caller, { id, state: 'unfinished', trouble });
    return;
  }
  const shown = await lstat(place.path, { bigint: true }).catch(() => null);
  if (shown?.isDirectory() !== true || root === null || String(shown.ino) !== root.own)
    return clearStaging(context, { id, path: place.path });
  await removeStaging(home, id, place.path);
  await catalog.write('clones.change', caller, { id, state: 'ready', madeAtMs });
}
