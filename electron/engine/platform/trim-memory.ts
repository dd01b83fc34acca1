import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import type * as koffiModule from 'koffi';

/**
 * Gives back to the system what has been freed and glibc keeps for later; nothing where libc has no such call. Resolves when
 * that is done, by a thread of its own: with gigabytes of it the caller would stand still.
 */
export async function trimMemory(): Promise<void> {
  if (process.platform !== 'linux') return;
  try {
    const koffi = createRequire(import.meta.url)('koffi') as typeof koffiModule;
    const trim = koffi.load(null).func('malloc_trim', 'int', ['size_t']);
    await promisify(trim.async as (pad: number, done: (error: unknown) => void) => void)(0);
  } catch {
    // musl keeps little.
  }
}
