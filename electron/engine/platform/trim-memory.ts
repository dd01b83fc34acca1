import { createRequire } from 'node:module';
import type * as koffiModule from 'koffi';

/** Gives back to the system what has been freed and glibc keeps for later; nothing where libc has no such call. */
export function trimMemory(): void {
  if (process.platform !== 'linux') return;
  try {
    const koffi = createRequire(import.meta.url)('koffi') as typeof koffiModule;
    const trim: (pad: number) => number = koffi.load(null).func('malloc_trim', 'int', ['size_t']);
    trim(0);
  } catch {
    // musl keeps little.
  }
}
