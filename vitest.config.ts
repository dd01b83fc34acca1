import './test/support/require-runtime.ts';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { builtThreads } from './test/support/built-threads.ts';
import { frugalMemory } from './test/support/frugal-memory.ts';
import { quickKeyMaking } from './test/support/quick-key-making.ts';

const secondsMs = 1000;
const minutesMs = 60 * secondsMs;

// The engine's threads start from TypeScript, which Node.js strips by a module of WebAssembly, anew in each thread. What is
// stripped once is kept here: a thread starts in half the time.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules', '.cache', 'holdfast-tests');

const program = './test/support/build-program.ts';

// What fails once on a busy machine and then passes is named at the end of the run, and looked into. By hand it just fails.
const retry = process.env['CI'] === undefined ? 0 : 1;

const inTurn = {
  isolate: false,
  setupFiles: './test/support/each-file.ts',
  env: frugalMemory,
};

/** `npm test` runs all, with few rounds of torture; `npm run test:torture` runs many. */
const project = (name: string, testTimeout: number, more: object = {}) => ({
  extends: true as const,
  // Unit tests see what users get.
  plugins: name === 'unit' ? [] : [quickKeyMaking()],
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout,
    hookTimeout: testTimeout,
    ...more,
  },
});

export default defineConfig({
  plugins: [builtThreads()],
  test: {
    pool: 'forks',
    // Most files wait for a child or a disk: with two more than there are processors, hardly any of these stands still.
    maxWorkers: availableParallelism() + 2,
    // Many threads that strip at once can take the process down: V8 frees a wrapper of a WebAssembly import twice once it
    // has compiled a better one (`WasmImportWrapperCache::Free`, "jit_page.has_value()", nodejs/node#64500). So it never
    // compiles a better one.
    // A heap that begins small is collected while a thread loads: each thread of an engine does so once, for nothing.
    execArgv: ['--wasm-wrapper-tiering-budget=2147483647', '--initial-old-space-size=64'],
    // The console speaks UTC and plain text in tests, whatever machine they run on.
    env: { TZ: 'UTC', NO_COLOR: '1' },
    // What is waited for comes late on a busy machine, and one second is soon over.
    expect: { poll: { timeout: 20 * secondsMs } },
    reporters: ['default', './test/support/count-reporter.ts'],
    projects: [
      project('unit', 30 * secondsMs, { isolate: false }),
      project('integration', 3 * minutesMs, { ...inTurn, globalSetup: program, retry }),
      project('peers', 5 * minutesMs, { ...inTurn, globalSetup: program, retry }),
      // After the others, three files at a time. All files of a worker have one browser.
      project('e2e', 10 * minutesMs, {
        globalSetup: [program, './test/e2e/set-up.ts'],
        maxWorkers: 3,
        isolate: false,
        retry,
        sequence: { groupOrder: 1 },
      }),
      // Each file in a process of its own: one watches what its process holds, and others run for hours in `test:torture`.
      project('torture', 60 * minutesMs, { ...inTurn, isolate: true, globalSetup: program, retry }),
      project('desktop', 3 * minutesMs),
    ],
  },
});
