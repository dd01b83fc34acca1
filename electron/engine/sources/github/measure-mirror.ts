/** How much lies in a mirror: Git's own objects, and those of Git LFS, of which the mirror itself knows whether all came. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readSmallFile } from '../../platform/atomic-file.ts';

export type MirrorAmount = {
  /** Of Git's objects. */
  readonly bytes: number;
  /** Null where it has shown none. */
  readonly lfs: { readonly complete: boolean; readonly objects: number; readonly bytes: number } | null;
};

/** `meta`: the folder of what is known of it. */
export async function measureMirror(folder: string, meta: string): Promise<MirrorAmount> {
  const { bytes } = await amountIn(join(folder, 'objects'));
  const state = await readSmallFile(join(meta, 'lfs.json'), 1_000).catch(() => '');
  if (state === null) return { bytes, lfs: null };
  const { files: objects, bytes: lfsBytes } = await amountIn(join(folder, 'lfs', 'objects'));
  return { bytes, lfs: { complete: /"complete":true/.test(state), objects, bytes: lfsBytes } };
}

/** What goes away meanwhile is not counted. */
async function amountIn(folder: string): Promise<{ files: number; bytes: number }> {
  const total = { files: 0, bytes: 0 };
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      const inside = await amountIn(path);
      total.files += inside.files;
      total.bytes += inside.bytes;
    } else if (entry.isFile()) {
      total.files += 1;
      total.bytes += (await stat(path).catch(() => null))?.size ?? 0;
    }
  }
  return total;
}
