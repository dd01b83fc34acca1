/** The objects in a snapshot of a bucket, with what is known of each; nothing in it is trusted to be as it was written. */
import type { BlobReader } from '../../repository/blob-reader.ts';
import type { TreeNode } from '../../repository/format/tree-node.ts';
import { loadTree } from '../../repository/tree-lookup.ts';
import type { RawPath } from '../../platform/raw-path.ts';
import { beside, bytesOfName, recordsName } from './key-path.ts';
import { parseRecords, type ObjectRecord } from './record.ts';

export type StoredObject = {
  /** Its bytes, one character each. */
  readonly key: string;
  readonly node: TreeNode;
  readonly record: ObjectRecord | null;
};

/** Of a key at most, in bytes; a hostile snapshot could nest without an end. */
const longestKey = 1024;
/** Folders in folders: one for each slash, and for each level of parts. */
const deepest = 2 * longestKey;

type Place = { readonly tree: string; readonly key: string; readonly depth: number };

/** Those whose keys begin with `prefix`. `onBad` hears of names that no key has. BLOB_MISSING, BLOB_DAMAGED. */
export async function* storedObjects(
  reader: BlobReader,
  tree: string,
  prefix: string,
  onBad: (name: RawPath) => void,
): AsyncGenerator<StoredObject> {
  const places: Place[] = [{ tree, key: '', depth: 0 }];
  for (let place = places.pop(); place !== undefined; place = places.pop()) {
    const nodes: TreeNode[] = [];
    for (const piece of await loadTree(reader, place.tree)) {
      nodes.push(...piece.nodes);
      for (const { name } of piece.invalid) onBad(name ?? '');
    }
    const records = await recordsAmong(reader, nodes);
    const below: Place[] = [];
    for (const node of nodes) {
      if (node.name === recordsName) continue;
      const bytes = bytesOfName(node.name);
      const key = place.key + (bytes ?? '');
      if (bytes === null || key.length > longestKey || place.depth >= deepest) onBad(node.name);
      else if (node.type === 'dir' && node.subtree !== null) {
        const mayHold = key.startsWith(prefix) || prefix.startsWith(key);
        if (mayHold) below.push({ tree: node.subtree, key, depth: place.depth + 1 });
      } else if (node.type === 'file' && (!node.name.startsWith(beside) || node.name.startsWith(`${beside}v.`))) {
        if (key.startsWith(prefix)) yield { key, node, record: records.get(node.name) ?? null };
      } else onBad(node.name);
    }
    // In the order they were stored: what is read ahead of one serves the next.
    for (let next = below.pop(); next !== undefined; next = below.pop()) places.push(next);
  }
}

async function recordsAmong(reader: BlobReader, nodes: readonly TreeNode[]): Promise<Map<string, ObjectRecord>> {
  const blobs: Buffer[] = [];
  for (const id of nodes.find(({ name }) => name === recordsName)?.content ?? [])
    blobs.push(await reader.load('data', id));
  return parseRecords(Buffer.concat(blobs).toString('utf8'));
}
