/** A folder made anew beside another, with further names of the same files: for content that is never written in place. */
import { constants } from 'node:fs';
import { copyFile, link, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** `leavesOut`: names of files that are written in place. Only folders and files are taken over. */
export async function linkTree(from: string, to: string, leavesOut: ReadonlySet<string>): Promise<void> {
  await mkdir(to, { mode: 0o755 });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await linkTree(source, target, leavesOut);
    else if (entry.isFile() && !leavesOut.has(entry.name))
      await link(source, target).catch(() =>
        copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE),
      );
  }
}
