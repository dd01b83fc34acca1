/** The data that both tools are measured on, made from a seed. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataSetName } from '../results.ts';
import { writeDiskImage } from './disk-image.ts';
import { writeRandomFile } from './random-file.ts';
import { writeSmallFiles } from './small-files.ts';

export type DataSet = AsyncDisposable & {
  readonly name: DataSetName;
  readonly folder: string;
  readonly files: number;
  readonly bytes: number;
};

export type DataOptions = { readonly seed: string; readonly scale: number };

export const largeFileBytes = 2 * 1024 ** 3;
const smallFileCount = 100_000;
const smallFilesPerFolder = 100;
const mib = 1024 ** 2;

/** Fills the folder; disposing removes it with everything in it. */
export async function makeDataSet(
  name: DataSetName,
  folder: string,
  { seed, scale }: DataOptions,
  signal: AbortSignal,
): Promise<DataSet> {
  await mkdir(folder, { recursive: true });
  const bytes = Math.max(1, Math.round((largeFileBytes * scale) / mib)) * mib;
  const folders = Math.max(1, Math.round((smallFileCount * scale) / smallFilesPerFolder));
  const done = (made: { files: number; bytes: number }): DataSet => ({
    name,
    folder,
    ...made,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  });
  switch (name) {
    case 'random':
      await writeRandomFile(join(folder, 'random.bin'), bytes, seed, signal);
      return done({ files: 1, bytes });
    case 'disk image':
      await writeDiskImage(join(folder, 'disk.img'), bytes, seed, signal);
      return done({ files: 1, bytes });
    case 'small files':
      return done(await writeSmallFiles(folder, { folders, filesPerFolder: smallFilesPerFolder, seed, signal }));
  }
}
