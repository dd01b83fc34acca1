/** What in a snapshot is to become a volume: an image of ours with all its parts, or any file that is a disk as it is. */
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { displayRaw, rawFromDisplay, type RawPath } from '../../platform/raw-path.ts';
import type { BlobReader } from '../../repository/blob-reader.ts';
import type { TreeNode } from '../../repository/format/tree-node.ts';
import { findNode, loadTree } from '../../repository/tree-lookup.ts';
import type { ImageDescription } from '../../sources/ec2/images/description.ts';
import { partOf, readImage, type StoredPart } from '../../sources/ec2/images/stored-image.ts';

export type ImageFile = {
  /** Where it lies in the snapshot, for people. */
  readonly path: string;
  readonly parts: readonly StoredPart[];
  readonly bytes: number;
  /** Null for a file that is none of our images. */
  readonly description: ImageDescription | null;
};

const namedAtMost = 20;

/** Throws PATH_NOT_IN_SNAPSHOT, IMAGE_UNSUITABLE. `path`: in display form; null: the only image there is. */
export async function findImageFile(reader: BlobReader, tree: string, path: string | null): Promise<ImageFile> {
  const raw = rawFromDisplay(path ?? '/');
  const node = await findNode(reader, tree, raw, path ?? '/');
  if (node?.type === 'file') return ofFile(reader, tree, raw, node);
  const folder = node === null ? tree : node.subtree;
  if (folder === null) throw unsuitable(`${path ?? '/'} is neither a file nor a folder.`);
  const own = await imageAt(reader, folder, displayRaw(raw));
  if (own !== null) return own;
  const inside = await imagesIn(reader, folder, raw);
  const [only] = inside;
  if (only !== undefined && inside.length === 1) return only;
  const names = inside.slice(0, namedAtMost).map((one) => one.path);
  throw unsuitable(
    names.length === 0
      ? `There is no image of a volume in ${path ?? 'the snapshot'}; name the file that is one.`
      : `There are several images: name one of ${names.join(', ')}.`,
  );
}

/** The first part of an image of ours stands for all of it. */
async function ofFile(reader: BlobReader, tree: string, raw: RawPath, node: TreeNode): Promise<ImageFile> {
  const parent = raw.slice(0, raw.lastIndexOf('/'));
  if (node.name === 'volume.img') {
    const folder = await findNode(reader, tree, parent, displayRaw(parent));
    const image = await imageAt(reader, folder?.subtree ?? tree, displayRaw(parent));
    if (image !== null) return image;
  }
  if (node.size === 0) throw unsuitable(`${displayRaw(raw)} is empty.`);
  return { path: displayRaw(raw), parts: [partOf(node)], bytes: node.size, description: null };
}

async function imageAt(reader: BlobReader, folder: string, path: string): Promise<ImageFile | null> {
  const image = await readImage(reader, folder);
  if (image === null) return null;
  const bytes = image.parts.reduce((sum, { size }) => sum + size, 0);
  return { path, ...image, bytes };
}

async function imagesIn(reader: BlobReader, folder: string, raw: RawPath): Promise<readonly ImageFile[]> {
  const found: ImageFile[] = [];
  for (const { nodes } of await loadTree(reader, folder)) {
    for (const { name, type, subtree } of nodes) {
      if (type !== 'dir' || subtree === null || found.length > namedAtMost) continue;
      const image = await imageAt(reader, subtree, displayRaw(`${raw === '/' ? '' : raw}/${name}`));
      if (image !== null) found.push(image);
    }
  }
  return found;
}

function unsuitable(text: string): HoldfastError {
  return new HoldfastError('IMAGE_UNSUITABLE', text);
}
