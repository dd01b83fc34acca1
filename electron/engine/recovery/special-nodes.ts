/** Links, fifos, devices and sockets in the restore target. */
import { readlinkSync, symlinkSync } from 'node:fs';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { libc } from '../platform/libc.ts';
import { fsPath } from '../platform/raw-path.ts';
import type { TreeNode } from '../repository/format/tree-node.ts';
import { applyToPath, metadataOf, safePermissions, setPermissionsOf } from './metadata.ts';
import type { Existing, TargetFolder } from './target-folder.ts';

const typeBits: Readonly<Partial<Record<TreeNode['type'], number>>> = {
  dev: 0o060000,
  chardev: 0o020000,
  fifo: 0o010000,
  socket: 0o140000,
};
const typeMask = 0o170000;

/** Whether what is there is already what the snapshot has. */
export function sameSpecial(folder: TargetFolder, node: TreeNode, existing: Existing): boolean {
  if (node.type === 'symlink') {
    return (
      existing.kind === 'symlink' &&
      readlinkSync(fsPath(folder.base + node.name), { encoding: 'latin1' }) === node.linkTarget
    );
  }
  if ((existing.mode & typeMask) !== typeBits[node.type]) return false;
  return node.type === 'fifo' || node.type === 'socket' || String(existing.rdev) === node.device;
}

/** Makes it, where nothing is in its place; returns what of its metadata could not be given. */
export function makeSpecial(folder: TargetFolder, node: TreeNode): readonly string[] {
  const path = folder.base + node.name;
  const metadata = metadataOf(node);
  if (metadata === null) throw new HoldfastError('TREE_INVALID', 'The entry has no readable time.');
  if (node.type === 'symlink') symlinkSync(fsPath(node.linkTarget ?? ''), fsPath(path));
  else {
    const bits = typeBits[node.type];
    if (bits === undefined) throw new HoldfastError('TREE_INVALID', 'The entry is of a kind that cannot be restored.');
    if (libc === null) throw new HoldfastError('NO_PERMISSION', 'This system lets Holdfast make no devices and fifos.');
    libc.makeNode(path, bits | 0o600, BigInt(node.device));
    setPermissionsOf(path, safePermissions(metadata.permissions));
  }
  return applyToPath(path, metadata);
}
