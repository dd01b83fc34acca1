/** A folder of the target while things go into it: it gets its metadata, and is let go, when all in it is done. */
import { displayRaw, type RawPath } from '../platform/raw-path.ts';
import type { TreeNode } from '../repository/format/tree-node.ts';
import { metadataOf } from './metadata.ts';
import type { TargetFolder } from './target-folder.ts';

export type Frame = {
  /** Null in a dry run where the folder does not exist. */
  readonly folder: TargetFolder | null;
  readonly path: RawPath;
  readonly from: string;
  readonly parent: Frame | null;
  /** Whose metadata it gets when it is done; null where it keeps its own. */
  readonly node: TreeNode | null;
  /** Made just now: nothing can be in it but what this restore puts there. */
  readonly isNew: boolean;
  /** The same folder of the earlier restore; null where there is none. */
  readonly basis: TargetFolder | null;
  pending: number;
};

/** It counts as one more thing that its parent waits for. */
export function openFrame(
  folder: TargetFolder | null,
  path: RawPath,
  from: string,
  parent: Frame | null,
  node: TreeNode | null,
  isNew: boolean,
  basis: TargetFolder | null = null,
): Frame {
  if (parent !== null) parent.pending += 1;
  return { folder, path, from, parent, node, isNew, basis, pending: 1 };
}

/** Where in its snapshot something of this folder lies, to be shown. */
export function originIn({ from }: Frame, { name }: TreeNode): string {
  return `${from}${from.endsWith('/') ? '' : '/'}${displayRaw(name)}`;
}

/** One thing less to wait for; the last one gives the folder its metadata, which further changes would spoil. */
export function settleFrame(
  start: Frame,
  onNote: (path: RawPath, note: string) => void,
  onFailure: (path: RawPath, error: unknown) => void,
): void {
  let frame: Frame | null = start;
  while (frame !== null) {
    frame.pending -= 1;
    if (frame.pending > 0) return;
    const metadata = frame.node === null ? null : metadataOf(frame.node);
    try {
      if (frame.folder !== null && metadata !== null) {
        for (const note of frame.folder.apply(metadata)) onNote(frame.path, note);
      }
    } catch (error) {
      onFailure(frame.path, error);
    }
    frame.folder?.release();
    frame.basis?.release();
    frame = frame.parent;
  }
}
