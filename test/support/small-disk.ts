/** A disk of a few megabytes, in memory, mounted for one test; needs root. */
import { mustRun, run } from './processes.ts';
import { makeWorkspace } from './workspace.ts';

export type SmallDisk = AsyncDisposable & {
  readonly place: string;
  /** Makes a folder that is not on the small disk. */
  elsewhere(name: string): Promise<string>;
};

export async function mountSmallDisk(size: string): Promise<SmallDisk> {
  const workspace = await makeWorkspace();
  const place = await workspace.folder('disk');
  await mustRun('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'holdfast-test', place]);
  return {
    place,
    elsewhere: (name) => workspace.folder(name),
    [Symbol.asyncDispose]: async () => {
      await run('umount', ['-l', place]);
      await workspace[Symbol.asyncDispose]();
    },
  };
}

export async function canMount(): Promise<boolean> {
  await using workspace = await makeWorkspace();
  const place = await workspace.folder('disk');
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'holdfast-test', place]);
  await run('umount', ['-l', place]);
  return mounted.code === 0;
}
