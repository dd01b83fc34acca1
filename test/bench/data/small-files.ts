import { mkdir } from 'node:fs/promises';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { keystream } from './keystream.ts';
import { textSource } from './text.ts';

const largestBytes = 8 * 1024;
const randomShare = 0.3;

export type SmallFilesOptions = {
  readonly folders: number;
  readonly filesPerFolder: number;
  readonly seed: string;
  readonly signal: AbortSignal;
};

/** Files of 0 to 8 KiB, no two alike (but for empty ones): three in ten random, the others text. */
export async function writeSmallFiles(
  root: string,
  { folders, filesPerFolder, seed, signal }: SmallFilesOptions,
): Promise<{ files: number; bytes: number }> {
  const choices = keystream(seed, 'small files choices');
  const random = keystream(seed, 'small files random');
  const text = textSource(seed, 'small files text');
  let bytes = 0;
  for (let folder = 0; folder < folders; folder++) {
    const path = join(root, `folder-${String(folder).padStart(4, '0')}`);
    await mkdir(path);
    for (let file = 0; file < filesPerFolder; file++) {
      const length = Math.floor(choices.fraction() * (largestBytes + 1));
      const isRandom = choices.fraction() < randomShare;
      const name = `file-${String(file).padStart(4, '0')}.${isRandom ? 'bin' : 'txt'}`;
      writeFileSync(join(path, name), (isRandom ? random : text).bytes(length));
      bytes += length;
    }
    await nextTurn();
    signal.throwIfAborted();
  }
  return { files: folders * filesPerFolder, bytes };
}
