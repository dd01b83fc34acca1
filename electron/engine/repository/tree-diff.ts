/** What differs between two trees, in the order of paths. Equal folders are never opened, and nothing is held. */
import { HoldfastError } from '../../../shared/model/errors.ts';
import { joinRaw, type RawPath } from '../platform/raw-path.ts';
import type { BlobReader } from './blob-reader.ts';
import type { InvalidNode, TreeNode } from './format/tree-node.ts';
import { loadFolder, mergeFolders, type FolderPieces, type MergedName } from './tree-merge.ts';

export type ChangeKind = 'added' | 'removed' | 'changed' | 'typeChanged' | 'metadata';

export type TreeChange = {
  readonly path: RawPath;
  readonly kind: ChangeKind;
  readonly before: TreeNode | null;
  readonly after: TreeNode | null;
};

export type DiffEvents = {
  /** Takes a change; where it returns a promise the walk waits for it. */
  readonly onChange: (change: TreeChange) => Promise<void> | undefined;
  readonly onIssue: (path: RawPath, error: HoldfastError) => void;
};

type OpenFolder = { readonly path: RawPath; readonly names: Iterator<MergedName> };

/** What cannot be read on either side is told and left out; `before` and `after` are ids of trees. */
export async function diffTrees(
  reader: BlobReader,
  before: string,
  after: string,
  events: DiffEvents,
  signal?: AbortSignal,
): Promise<void> {
  if (before === after) return;
  const open: OpenFolder[] = [await openFolder(reader, '/', [before, after], events)];
  for (let folder = open.at(-1); folder !== undefined; folder = open.at(-1)) {
    signal?.throwIfAborted();
    const step = nextName(folder, events);
    if (step === null) {
      open.pop();
      continue;
    }
    const path = joinRaw(folder.path, step.name);
    const [was = null, is = null] = step.nodes;
    const kind = compareNodes(was, is);
    if (kind !== null) await events.onChange({ path, kind, before: was, after: is });
    const [left, right] = [was?.subtree ?? null, is?.subtree ?? null];
    if (left !== right) open.push(await openFolder(reader, path, [left, right], events));
  }
}

function nextName({ path, names }: OpenFolder, events: DiffEvents): MergedName | null {
  try {
    const next = names.next();
    return next.done === true ? null : next.value;
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    events.onIssue(path, error);
    return null;
  }
}

async function openFolder(
  reader: BlobReader,
  path: RawPath,
  trees: readonly (string | null)[],
  { onIssue }: DiffEvents,
): Promise<OpenFolder> {
  const load = async (tree: string | null): Promise<FolderPieces> => {
    try {
      return await loadFolder(reader, tree);
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      onIssue(path, error);
      return null;
    }
  };
  const onInvalid = (_folder: number, { name, reason }: InvalidNode): void =>
    onIssue(
      name === null ? path : joinRaw(path, name),
      new HoldfastError('TREE_INVALID', `The entry is not used: ${reason}.`),
    );
  return { path, names: mergeFolders([await load(trees[0] ?? null), await load(trees[1] ?? null)], onInvalid) };
}

/** Null where nothing a restore would bring back differs. Inode, links and change time are the file system's own. */
function compareNodes(before: TreeNode | null, after: TreeNode | null): ChangeKind | null {
  if (before === null) return 'added';
  if (after === null) return 'removed';
  if (before.type !== after.type) return 'typeChanged';
  if (!isSameContent(before, after)) return 'changed';
  const isSameMetadata =
    before.mode === after.mode &&
    before.mtime === after.mtime &&
    before.uid === after.uid &&
    before.gid === after.gid &&
    before.user === after.user &&
    before.group === after.group &&
    JSON.stringify(before.xattrs) === JSON.stringify(after.xattrs);
  return isSameMetadata ? null : 'metadata';
}

function isSameContent(before: TreeNode, after: TreeNode): boolean {
  if (before.linkTarget !== after.linkTarget || before.device !== after.device) return false;
  const [left, right] = [before.content ?? [], after.content ?? []];
  return left.length === right.length && left.every((id, at) => id === right[at]);
}
