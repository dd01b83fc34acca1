/** Putting a snapshot's metadata on what was restored. What the system refuses is named, not fatal. */
import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  futimesSync,
  lchownSync,
  lutimesSync,
  openSync,
} from 'node:fs';
import { HoldfastError, toHoldfastError } from '../../../shared/model/errors.ts';
import { libc, O_PATH } from '../platform/libc.ts';
import { displayRaw, fsPath, type RawPath } from '../platform/raw-path.ts';
import { permissionsOf } from '../repository/format/go-mode.ts';
import { parseGoTime } from '../repository/format/go-time.ts';
import type { ExtendedAttribute, TreeNode } from '../repository/format/tree-node.ts';
import type { Metadata } from './restore-protocol.ts';

const isRoot = process.getuid?.() === 0;
const setIdBits = 0o6000;

/** The metadata of a stored node, or null where its time is not one. */
export function metadataOf(node: TreeNode): Metadata | null {
  const mtimeNs = parseGoTime(node.mtime);
  if (mtimeNs === null) return null;
  return { permissions: permissionsOf(node.mode), uid: node.uid, gid: node.gid, mtimeNs, xattrs: node.xattrs };
}

/**
 * Owner first: changing it clears the set-id bits and the capabilities, which are an extended attribute. Attributes before
 * the mode, which may forbid to write them. Times last: everything else changes them.
 */
export function applyToFile(descriptor: number, metadata: Metadata): readonly string[] {
  if (isRoot) fchownSync(descriptor, metadata.uid, metadata.gid);
  const notes = metadata.xattrs.length === 0 ? [] : [...applyXattrs(descriptor, metadata.xattrs)];
  fchmodSync(descriptor, safePermissions(metadata.permissions));
  if (libc !== null) libc.setFdTimesNs(descriptor, metadata.mtimeNs, metadata.mtimeNs);
  else futimesSync(descriptor, Number(metadata.mtimeNs) / 1e9, Number(metadata.mtimeNs) / 1e9);
  return notes;
}

/** For links, devices and fifos, by path and without following it. */
export function applyToPath(path: RawPath, metadata: Metadata): readonly string[] {
  if (isRoot) lchownSync(fsPath(path), metadata.uid, metadata.gid);
  const notes = [...applyXattrs(path, metadata.xattrs)];
  if (libc !== null) libc.setTimesNs(path, metadata.mtimeNs, metadata.mtimeNs);
  else lutimesSync(fsPath(path), Number(metadata.mtimeNs) / 1e9, Number(metadata.mtimeNs) / 1e9);
  return notes;
}

/**
 * `chmod` follows links, and whoever owns the folder may put one in the place of what was just made there. Opened by name
 * alone (`O_PATH`), a fifo does not block and a device does nothing.
 */
export function setPermissionsOf(path: RawPath, permissions: number): void {
  const descriptor = openSync(fsPath(path), O_PATH | constants.O_NOFOLLOW);
  try {
    if (fstatSync(descriptor).isSymbolicLink()) {
      throw new HoldfastError('TARGET_UNUSABLE', 'It was replaced by a link while it was restored.');
    }
    chmodSync(`/proc/self/fd/${descriptor}`, permissions);
  } finally {
    closeSync(descriptor);
  }
}

/** A set-id program must not change hands: without the right to restore the owner, the bit is dropped. */
export function safePermissions(permissions: number): number {
  return isRoot ? permissions : permissions & ~setIdBits;
}

/** On an open file, or on a path without following it; yields what could not be set. */
export function* applyXattrs(place: RawPath | number, xattrs: readonly ExtendedAttribute[]): Generator<string> {
  for (const { name, value } of xattrs) {
    try {
      if (libc === null) throw new Error('this system cannot set them');
      const rawName = Buffer.from(name, 'utf8').toString('latin1');
      const bytes = Buffer.from(value, 'base64');
      if (typeof place === 'number') libc.setFdXattr(place, rawName, bytes);
      else libc.setXattr(place, rawName, bytes);
    } catch (error) {
      yield `The extended attribute ${displayRaw(name)} could not be set: ${toHoldfastError(error).message.replace(/, [a-z]+ '.*'$/s, '')}.`;
    }
  }
}
