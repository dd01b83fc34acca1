/** When each repository of a source was last there, by its path: a file beside the mirrors. It may be lost. */
import { join } from 'node:path';
import { z } from 'zod';
import { readSmallFile, writeFileAtomically } from '../../platform/atomic-file.ts';
import { makeFolders } from '../../platform/make-folders.ts';

const seenSchema = z.object({ version: z.literal(1), seen: z.record(z.string(), z.number()) });
const largestBytes = 64 * 1024 * 1024;

export async function readSeen(work: string): Promise<Map<string, number>> {
  try {
    const text = await readSmallFile(join(work, 'seen.json'), largestBytes);
    return new Map(Object.entries(seenSchema.parse(JSON.parse(text ?? '')).seen));
  } catch {
    return new Map();
  }
}

export async function saveSeen(work: string, seen: ReadonlyMap<string, number>): Promise<void> {
  await makeFolders(work);
  await writeFileAtomically(join(work, 'seen.json'), JSON.stringify({ version: 1, seen: Object.fromEntries(seen) }));
}
