import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'electron-vite';
import type { Plugin } from 'vite';
import { bundledPackages, chunks, ownPlaces, threadsAndLauncher } from './packaging/program/program.ts';

const root = import.meta.dirname;
const { version, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string;
  dependencies: Record<string, string>;
};

const external = Object.keys(dependencies)
  .filter(
    (name) => !bundledPackages.some((bundled) => (typeof bundled === 'string' ? bundled === name : bundled.test(name))),
  )
  .map((name) => new RegExp(`^${name}(?:/|$)`));

/**
 * The program in `out/app`: see packaging/program/program.ts. The preload is one CommonJS file, because a sandboxed one can
 * load nothing. The page is built by vite.config.ts.
 */
export default defineConfig({
  main: {
    plugins: [ownPackage(), ownPlaces(root), threadsAndLauncher({ checkout: root, outDir: join(root, 'out/app') })],
    build: {
      outDir: 'out/app',
      target: 'node24',
      minify: false,
      sourcemap: false,
      externalizeDeps: false,
      rollupOptions: {
        input: {
          'electron/main': join(root, 'electron/main.ts'),
          'electron/cli': join(root, 'electron/cli.ts'),
        },
        external: [/^node:/, 'electron', ...external],
        preserveEntrySignatures: 'strict',
        output: chunks,
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/app/electron',
      emptyOutDir: false,
      target: 'node24',
      minify: false,
      externalizeDeps: false,
      rollupOptions: {
        input: join(root, 'electron/preload.ts'),
        external: ['electron'],
        output: { format: 'cjs', entryFileNames: 'preload.cjs' },
      },
    },
  },
});

/** What Electron, and Node without it, needs to start `out/app`. */
function ownPackage(): Plugin {
  const source = JSON.stringify({ name: 'holdfast', version, type: 'module', main: 'electron/main.js' });
  return {
    name: 'own-package',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'package.json', source: `${source}\n` });
    },
  };
}
