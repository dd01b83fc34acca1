/** How much lies in a folder of a repository that was unpacked. */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes on the disk. Names of refs may be any bytes. */
export async function sizeOf(folder: string | Buffer): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true, encoding: 'buffer' })) {
    const path = Buffer.concat([Buffer.from(folder), Buffer.from('/'), entry.name]);
    bytes += entry.isDirectory() ? await sizeOf(path) : (await lstat(path)).blocks * 512;
  }
  return bytes;
}

/** Objects of Git LFS in a repository. */
export async function countLfs(repository: string): Promise<number> {
  const found = await readdir(join(repository, 'lfs', 'objects'), { recursive: true }).catch(() => []);
  return found.filter((name) => /(?:^|\/)[0-9a-f]{64}$/.test(name)).length;
}
