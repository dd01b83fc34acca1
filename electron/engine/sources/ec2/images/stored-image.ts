/** Images as they lie in snapshots: found beside their description, with the list of their blocks. */
import type { RawPath } from '../../../platform/raw-path.ts';
import type { BlobReader } from '../../../repository/blob-reader.ts';
import type { TreeNode } from '../../../repository/format/tree-node.ts';
import { loadTree } from '../../../repository/tree-lookup.ts';
import { descriptionName, largestDescription, readDescription, type ImageDescription } from './description.ts';

const idBytes = 32;

/** A file, with the ids of what it is made of: 32 bytes each, in order. */
export type StoredPart = { readonly name: RawPath; readonly size: number; readonly ids: Uint8Array };

export type StoredImage = { readonly description: ImageDescription; readonly parts: readonly StoredPart[] };

/** The image in a folder; null where there is none, or not all of it. */
export async function readImage(reader: BlobReader, tree: string): Promise<StoredImage | null> {
  const found = new Map<string, StoredPart>();
  let description: ImageDescription | null = null;
  for (const { nodes } of await loadTree(reader, tree)) {
    for (const node of nodes) {
      if (node.type !== 'file') continue;
      if (node.name === descriptionName) description = await loadDescription(reader, node);
      else if (/^volume\.img(?:\.\d+)?$/.test(node.name)) found.set(node.name, partOf(node));
    }
  }
  if (description === null) return null;
  const parts = description.parts.flatMap((name) => found.get(name) ?? []);
  return parts.length === description.parts.length ? { description, parts } : null;
}

export function partOf({ name, size, content }: Pick<TreeNode, 'name' | 'size' | 'content'>): StoredPart {
  const ids = new Uint8Array((content?.length ?? 0) * idBytes);
  for (const [at, id] of (content ?? []).entries()) ids.set(Buffer.from(id, 'hex'), at * idBytes);
  return { name, size, ids };
}

async function loadDescription(reader: BlobReader, { size, content }: TreeNode): Promise<ImageDescription | null> {
  if (size > largestDescription || content === null) return null;
  const pieces: Buffer[] = [];
  for (const id of content) pieces.push(await reader.load('data', id));
  return readDescription(Buffer.concat(pieces));
}
