import { globSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { defineConfig } from 'electron-vite';
import type { Plugin } from 'vite';

const root = import.meta.dirname;
const { version, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string;
  dependencies: Record<string, string>;
};

/**
 * `out/app` keeps the tree of the sources, a file for a file: threads are started by the place of their script beside the
 * one that starts them, and what is packed can be read beside its source. The preload is one CommonJS file, because a
 * sandboxed one can load nothing. The page is built by vite.config.ts.
 */
export default defineConfig({
  main: {
    plugins: [ownPackage(), scriptsOfThreads()],
    build: {
      outDir: 'out/app',
      target: 'node24',
      minify: false,
      sourcemap: false,
      externalizeDeps: { include: Object.keys(dependencies) },
      rollupOptions: {
        input: Object.fromEntries(sources().map((file) => [file.replace(/\.ts$/, ''), join(root, file)])),
        external: [/^node:/, 'electron', ...Object.keys(dependencies).map((name) => new RegExp(`^${name}(?:/|$)`))],
        preserveEntrySignatures: 'strict',
        output: {
          format: 'es',
          preserveModules: true,
          preserveModulesRoot: root,
          entryFileNames: '[name].js',
        },
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

/** Every file that runs in the engine, the command line or the shell. */
function sources(): string[] {
  return globSync(['electron/**/*.ts', 'shared/**/*.ts'], { cwd: root })
    .map((file) => relative(root, join(root, file)).split(sep).join('/'))
    .filter((file) => file !== 'electron/preload.ts');
}

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

/** `new URL('./x-worker.ts', import.meta.url)` names a file that is called `.js` here. */
function scriptsOfThreads(): Plugin {
  return {
    name: 'scripts-of-threads',
    renderChunk(code) {
      const changed = code.replaceAll(
        /new URL\("(\.[^"]*)\.ts", import\.meta\.url\)/g,
        'new URL("$1.js", import.meta.url)',
      );
      if (/\bnew URL\([^)]*\.ts['"`]/.test(changed))
        this.error('A script is named in a way that this build does not know.');
      return changed === code ? null : { code: changed, map: null };
    },
  };
}
