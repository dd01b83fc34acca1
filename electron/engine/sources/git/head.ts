/** The default branch of a mirror: the file `HEAD`. Its name may be any bytes, which no argument of a command takes. */
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { RawPath } from '../../platform/raw-path.ts';

/** Null where it names no branch. */
export async function readHead(folder: string): Promise<RawPath | null> {
  const text = await readFile(join(folder, 'HEAD'), 'latin1');
  return /^ref: (refs\/[^\n]+)\n?$/.exec(text)?.[1] ?? null;
}

/** There as it was or as it is to be, whenever the machine stops. */
export async function writeHead(folder: string, head: RawPath): Promise<void> {
  const next = join(folder, 'HEAD.lock');
  const file = await open(next, 'w');
  try {
    await file.writeFile(`ref: ${head}\n`, 'latin1');
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(next, join(folder, 'HEAD'));
}
