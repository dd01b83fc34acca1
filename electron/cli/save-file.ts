import { open, rename, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { World } from './world.ts';

/** Writes a file the operator named, whole or not at all, for its owner alone; returns where it lies. */
export async function saveFile(world: World, name: string, content: string | Uint8Array): Promise<string> {
  const path = resolve(world.folder, name);
  const temporary = join(dirname(path), `.holdfast-${process.pid}-${Date.now().toString(36)}.part`);
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
    await file.close();
    await rename(temporary, path);
  } catch (error) {
    await file.close().catch(() => undefined);
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  return path;
}
