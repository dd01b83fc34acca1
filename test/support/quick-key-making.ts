/**
 * Tests make some thousand keys and open them many more times, at a fifth of a second each: a tenth of all their processor
 * time. The engine in the process of any but a unit test, and the program that `build-program.ts` bundles, make cheap
 * ones. Nothing of the shipped program can be told to; `from-sources.test.ts`, `key-cost.test.ts` and `passwords.test.ts`
 * see what it makes.
 */
import { join } from 'node:path';
import type { Plugin } from 'vite';

export function quickKeyMaking(): Plugin {
  return {
    name: 'quick-key-making',
    enforce: 'pre',
    resolveId: (source) => (source.endsWith('/key-cost.ts') ? join(import.meta.dirname, 'quick-key-cost.ts') : null),
  };
}
