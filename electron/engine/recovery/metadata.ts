/** Putting a snapshot's metadata on what was restored. What the system refuses is named, not fatal. */
import { fchmodSync, fchownSync, futimesSync, lchownSync, lutimesSync } from 'node:fs';
import { toHoldfastError } from '../../../shared/model/errors.ts';
import { libc } from '../platform/libc.ts';
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

/** Owner first: changing it clears the set-id bits. Times last: everything else changes them. */
export function applyToFile(descriptor: number, metadata: Metadata): readonly string[] {
  const notes = metadata.xattrs.length === 0 ? [] : [...applyXattrs(descriptor, metadata.xattrs)];
  if (isRoot) fchownSync(descriptor, metadata.uid, metadata.gid);
  fchmodSync(descriptor, safePermissions(metadata.permissions));
  if (libc !== null) libc.setFdTimesNs(descriptor, metadata.mtimeNs, metadata.mtimeNs);
  else futimesSync(descriptor, Number(metadata.mtimeNs) / 1e9, Number(metadata.mtimeNs) / 1e9);
  return notes;
}

/** For links, devices and fifos, by path and without following it. */
export function applyToPath(path: RawPath, metadata: Metadata): readonly string[] {
  const notes = [...applyXattrs(path, metadata.xattrs)];
  if (isRoot) lchownSync(fsPath(path), metadata.uid, metadata.gid);
  if (libc !== null) libc.setTimesNs(path, metadata.mtimeNs, metadata.mtimeNs);
  else lutimesSync(fsPath(path), Number(metadata.mtimeNs) / 1e9, Number(metadata.mtimeNs) / 1e9);
  return notes;
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
