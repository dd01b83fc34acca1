/**
 * The engine in a test's own process starts its threads from what `build-program.ts` has bundled, where it ran: a thread
 * whose sources are stripped of their types one by one takes twice the processor time to start, and each command that a
 * test runs in its own process starts three or more.
 */
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'vitest/config';
import { programVariable } from './launcher.ts';

const checkout = join(import.meta.dirname, '../..');
const script = /new URL\((['"])(\.[^'"]*worker)\.ts\1, import\.meta\.url\)/g;

export function builtThreads(): Plugin {
  return {
    name: 'built-threads',
    // Names are looked for as they are written in the sources.
    enforce: 'pre',
    // What Vitest keeps between runs would lead to the threads of older sources.
    configureVitest: ({ defineCacheKeyGenerator }) => defineCacheKeyGenerator(() => process.env[programVariable] ?? ''),
    transform(code, id) {
      const program = process.env[programVariable];
      if (program === undefined || !relative(checkout, id).startsWith('electron/') || !code.includes('worker.ts'))
        return null;
      const place = join(dirname(program), '..', dirname(relative(checkout, id)));
      const built = code.replaceAll(script, (source: string, _quote: string, name: string) => {
        const file = join(place, `${name}.js`);
        return existsSync(file) ? `new URL(${JSON.stringify(pathToFileURL(file).href)})` : source;
      });
      return built === code ? null : { code: built, map: null };
    },
  };
}
