/** The content of an object in a snapshot, in its order, out of blobs that are compared with their names. */
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { BlobReader } from '../../repository/blob-reader.ts';
import type { TreeNode } from '../../repository/format/tree-node.ts';

/** Pieces of `partBytes`, of which the last may be shorter; one at least. BLOB_MISSING, BLOB_DAMAGED. */
export async function* partsOf(
  reader: BlobReader,
  { content, size }: TreeNode,
  partBytes: number,
): AsyncGenerator<Buffer<ArrayBuffer>> {
  let left = size;
  let part = Buffer.allocUnsafeSlow(Math.min(partBytes, left));
  let filled = 0;
  for (const id of content ?? []) {
    const blob = await reader.load('data', id);
    for (let at = 0; at < blob.length;) {
      const taken = Math.min(blob.length - at, part.length - filled);
      blob.copy(part, filled, at, at + taken);
      at += taken;
      filled += taken;
      if (filled < part.length) continue;
      left -= filled;
      yield part;
      part = Buffer.allocUnsafeSlow(Math.min(partBytes, left));
      filled = 0;
      // More content than its size says is none of it.
      if (left === 0) return;
    }
  }
  if (size > 0) throw new HoldfastError('BLOB_DAMAGED', 'The snapshot holds less of it than its length says.');
  yield part;
}
