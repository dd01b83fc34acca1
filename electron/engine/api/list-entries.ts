/** The entries of a stored folder, in batches. */
import type { Issue } from '../../../shared/contract/common.ts';
import type { Entry } from '../../../shared/contract/snapshots.ts';
import { HoldfastError, throwIfCancelled } from '../../../shared/model/errors.ts';
import { displayRaw, joinRaw, rawFromDisplay, type RawPath } from '../platform/raw-path.ts';
import { permissionsOf } from '../repository/format/go-mode.ts';
import type { TreePiece } from '../repository/format/tree.ts';
import type { TreeNode } from '../repository/format/tree-node.ts';
import type { ReadPool } from '../repository/read-pool.ts';
import { listSnapshots, resolveReference } from '../repository/snapshots.ts';
import type { Repository } from '../repository/repository.ts';
import { findNodeIn } from '../repository/tree-lookup.ts';

const batchEntries = 1000;

type ListOptions = {
  readonly reference: string;
  readonly source: string | undefined;
  readonly recursive: boolean;
  readonly signal: AbortSignal | undefined;
};
type ListEvent = { type: 'entries'; entries: Entry[] } | { type: 'issue'; issue: Issue };

export async function* listEntries(
  repository: Repository,
  pool: ReadPool,
  options: ListOptions,
): AsyncGenerator<ListEvent, void> {
  const { snapshots } = await listSnapshots(repository);
  const { snapshot, path } = resolveReference(snapshots, options.reference, options.source);
  const start = normalise(rawFromDisplay(path ?? '/'));
  const node = await findNodeIn((tree) => pool.tree(tree), snapshot.file.tree, start, path ?? '/');
  if (node !== null && node.subtree === null) {
    yield { type: 'entries', entries: [present(node, start)] };
    return;
  }
  const stack: { tree: string; path: RawPath }[] = [{ tree: node?.subtree ?? snapshot.file.tree, path: start }];
  for (let folder = stack.pop(); folder !== undefined; folder = stack.pop()) {
    throwIfCancelled(options.signal);
    const below: { tree: string; path: RawPath }[] = [];
    try {
      for await (const piece of pool.tree(folder.tree)) {
        yield* presentPiece(piece, folder.path);
        for (const { subtree, name } of piece.nodes) {
          if (subtree !== null && options.recursive) below.push({ tree: subtree, path: joinRaw(folder.path, name) });
        }
      }
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      yield { type: 'issue', issue: { path: displayRaw(folder.path), code: error.code, message: error.message } };
    }
    for (let child = below.pop(); child !== undefined; child = below.pop()) stack.push(child);
  }
}

function* presentPiece({ nodes, invalid }: TreePiece, folder: RawPath): Generator<ListEvent, void> {
  for (let at = 0; at < nodes.length; at += batchEntries) {
    const batch = nodes.slice(at, at + batchEntries);
    yield { type: 'entries', entries: batch.map((node) => present(node, joinRaw(folder, node.name))) };
  }
  for (const { name, reason } of invalid) {
    const path = displayRaw(name === null ? folder : joinRaw(folder, name));
    yield { type: 'issue', issue: { path, code: 'TREE_INVALID', message: `The entry is not used: ${reason}.` } };
  }
}

/** Absolute, single slashes, none at the end. */
function normalise(path: RawPath): RawPath {
  return `/${path
    .split('/')
    .filter((name) => name !== '' && name !== '.')
    .join('/')}`;
}

function present(node: TreeNode, path: RawPath): Entry {
  return {
    path: displayRaw(path),
    type: node.type,
    size: node.size,
    mode: permissionsOf(node.mode),
    uid: node.uid,
    gid: node.gid,
    modifiedAt: node.mtime,
    linkTarget: node.linkTarget === null ? null : displayRaw(node.linkTarget),
  };
}
