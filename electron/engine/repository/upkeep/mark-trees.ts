/** The thread's half of finding out what is needed: reads trees, marks what they name, and finds the trees below them. */
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { BlobIndex } from '../blob-index.ts';
import type { BlobSource } from './blob-source.ts';
import type { MarkFault, UpkeepCalls } from './protocol.ts';

const blobName = /^[0-9a-f]{64}$/;

/**
 * Whatever a tree names counts as needed, also where the node around it is none that a restore would accept. What is not
 * there, or cannot be understood, is a fault: then nobody knows what else is needed.
 */
export async function markTrees(
  { index, used, source }: { readonly index: BlobIndex; readonly used: Uint8Array; readonly source: BlobSource },
  { trees, roots }: UpkeepCalls['mark']['ask'],
): Promise<UpkeepCalls['mark']['answer']> {
  const found: number[] = [];
  const foundRoots: number[] = [];
  const faults: MarkFault[] = [];
  for (const [position, tree] of trees.entries()) {
    const root = roots[position] ?? 0;
    try {
      for (const values of await source.treeValues(tree)) {
        for (const value of values) markNode(value, root);
      }
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      const message = `Folder ${index.blobId(tree).slice(0, 8)}: ${error.message}`;
      faults.push({ root, code: error.code, message });
    }
  }
  return { trees: Int32Array.from(found), roots: Int32Array.from(foundRoots), faults };

  function markNode(value: unknown, root: number): void {
    const { content, subtree } = typeof value === 'object' && value !== null ? (value as NamedBlobs) : invalid();
    if (content !== undefined && content !== null) {
      for (const id of Array.isArray(content) ? (content as readonly unknown[]) : invalid()) markData(id, root);
    }
    if (subtree === undefined || subtree === null) return;
    const entry = find('tree', subtree, root);
    // Whoever marks a tree first looks into it.
    if (entry < 0 || Atomics.exchange(used, entry, 1) === 1) return;
    found.push(entry);
    foundRoots.push(root);
  }

  function markData(id: unknown, root: number): void {
    const entry = find('data', id, root);
    if (entry >= 0 && used[entry] !== 1) Atomics.store(used, entry, 1);
  }

  function find(type: 'data' | 'tree', id: unknown, root: number): number {
    if (typeof id !== 'string' || !blobName.test(id)) return invalid();
    const entry = index.findHex(type, id);
    if (entry >= 0) return entry;
    const what = type === 'tree' ? 'folder' : 'piece of data';
    faults.push({ root, code: 'BLOB_MISSING', message: `The ${what} ${id.slice(0, 8)} is in no index.` });
    return -1;
  }
}

type NamedBlobs = { readonly content?: unknown; readonly subtree?: unknown };

function invalid(): never {
  throw new HoldfastError('TREE_INVALID', 'it does not say clearly what it needs.');
}
