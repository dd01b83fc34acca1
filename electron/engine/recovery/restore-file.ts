/** What is known and decided of one file of a restore before anything of it is written. */
import { HoldfastError } from '../../../shared/model/errors.ts';
import { maximumDataBlob } from '../repository/blob-codec.ts';
import type { BlobIndex } from '../repository/blob-index.ts';
import type { TreeNode } from '../repository/format/tree-node.ts';
import type { FileTask, Overwrite, PlannedEntry } from './restore-protocol.ts';
import type { Existing } from './target-folder.ts';

/** How long its pieces are, by the index. Throws BLOB_DAMAGED, BLOB_MISSING. */
export function measureFile(index: BlobIndex, node: TreeNode): { size: number; lengths: readonly number[] } {
  const lengths = (node.content ?? []).map((id) => {
    const entry = index.findHex('data', id);
    const length = entry < 0 ? 0 : index.plainLength(entry);
    if (length > maximumDataBlob) {
      throw new HoldfastError(
        'BLOB_DAMAGED',
        `Its piece of data ${id.slice(0, 8)} claims ${length} bytes, more than any has.`,
      );
    }
    if (entry >= 0) return length;
    throw new HoldfastError('BLOB_MISSING', `Its piece of data ${id.slice(0, 8)} is in no index of the repository.`);
  });
  return { size: lengths.reduce((sum, length) => sum + length, 0), lengths };
}

/** What the data thread shall do, or null where what is there stays. */
export function decideFile(
  existing: Existing | null,
  overwrite: Overwrite,
  size: number,
  mtimeNs: bigint,
): FileTask['existing'] | null {
  if (existing === null) return 'none';
  if (existing.kind !== 'file') {
    if (existing.kind === 'dir' && overwrite !== 'never')
      throw new HoldfastError('TARGET_UNUSABLE', 'A folder is in the place of the file; it was left alone.');
    return overwrite === 'never' ? null : 'replace';
  }
  if (overwrite === 'always') return 'replace';
  if (overwrite === 'never') return existing.size === size ? 'compare-keep' : null;
  return existing.size === size && existing.mtimeNs === mtimeNs ? 'compare-replace' : 'replace';
}

/** What a plan says will become of it; whether its content is another, only the writing finds out. */
export function likelyAction(
  existing: Existing,
  overwrite: Overwrite,
  size: number,
  mtimeNs: bigint,
): PlannedEntry['action'] {
  if (existing.kind === 'file' && existing.size === size && existing.mtimeNs === mtimeNs) return 'unchanged';
  return overwrite === 'never' ? 'keep' : 'replace';
}
