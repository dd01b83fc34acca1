/** Removes a folder with all in it, also where what was restored forbids its owner to. */
import { chmod, lstat, readdir, rm } from 'node:fs/promises';
import { Buffer } from 'node:buffer';

export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'EPERM') throw error;
    await open(Buffer.from(path));
    await rm(path, { recursive: true, force: true });
  }
}

/** Names are bytes. Links are not followed. */
async function open(path: Buffer): Promise<void> {
  if (!(await lstat(path)).isDirectory()) return;
  await chmod(path, 0o700);
  for (const name of await readdir(path, { encoding: 'buffer' }))
    await open(Buffer.concat([path, Buffer.from('/'), name]));
}
