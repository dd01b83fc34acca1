/**
 * How the engine, its threads and the command line are bundled for whoever runs them built. Node.js takes half as long to
 * start few files as the seven hundred they are made of, and each command starts a process and some threads. The command
 * line lies in few chunks, what most commands need in one of them; the script of a thread is one file, with others only for
 * what it loads later.
 */
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, posix, relative, sep } from 'node:path';
import { build, type InlineConfig, type Plugin, type Rolldown } from 'vite';

/** Packages of many small files; all others, native ones among them, are found in `node_modules` as always. */
export const bundledPackages = [/^@orpc\//, /^zod(\/|$)/, 'commander', 'luxon', 'ignore', 'radash'] as const;

/**
 * What every command loads, also one that another engine serves; the schemas of all calls, which take longer to make than all
 * the rest of it; and what an engine does. Each with all it imports is one chunk, less what is in those before.
 */
const commandParts = /electron\/cli\/(program|session)\.ts$|electron\/engine\/engine\.ts$/;
const modelParts = /shared\/model\/[^/]+\.ts$/;
const contractParts = /shared\/contract\/index\.ts$/;
const engineParts = /electron\/engine\/api\/(own-engine|router|stream-job)\.ts$/;

export const chunks: Pick<Rolldown.OutputOptions, 'format' | 'entryFileNames' | 'chunkFileNames' | 'codeSplitting'> = {
  format: 'es',
  entryFileNames: '[name].js',
  chunkFileNames: 'chunks/[name]-[hash].js',
  codeSplitting: {
    groups: [
      { name: 'start', test: commandParts, priority: 4 },
      { name: 'model', test: modelParts, priority: 3 },
      { name: 'contract', test: contractParts, priority: 2 },
      { name: 'engine', test: engineParts, priority: 1 },
    ],
  },
};

export type Program = {
  readonly checkout: string;
  /** The folder that becomes the program: `electron/launch.mjs`, `electron/cli.js`, `chunks`, the scripts of threads. */
  readonly outDir: string;
  /** What changes sources before they are bundled. */
  readonly plugins?: readonly Plugin[];
};

/** Bundles the command line and the threads. */
export async function buildProgram(program: Program): Promise<void> {
  const input = { 'electron/cli': join(program.checkout, 'electron/cli.ts') };
  await build(bundle(program, input, { plugins: [threadsAndLauncher(program)], output: chunks }));
}

/** With the command line come the scripts of threads, each on its own, and what starts it all on the right Node.js. */
export function threadsAndLauncher(program: Program): Plugin {
  return {
    name: 'threads-and-launcher',
    async generateBundle() {
      const source = await readFile(join(program.checkout, 'electron/launch.mjs'), 'utf8');
      this.emitFile({
        type: 'asset',
        fileName: 'electron/launch.mjs',
        source: source.replace("'./cli.ts'", "'./cli.js'"),
      });
    },
    async writeBundle() {
      const scripts = globSync('electron/**/*worker.ts', { cwd: program.checkout });
      await Promise.all(
        scripts.map((file) => {
          const name = asBuilt(file).replace(/\.js$/, '');
          const input = { [name]: join(program.checkout, file) };
          const output = { ...chunks, chunkFileNames: `${name}/[name]-[hash].js`, codeSplitting: true };
          return build(bundle(program, input, { plugins: [], output }));
        }),
      );
    },
  };
}

function bundle(
  { checkout, outDir, plugins = [] }: Program,
  input: Record<string, string>,
  { plugins: more, output }: { readonly plugins: readonly Plugin[]; readonly output: Rolldown.OutputOptions },
): InlineConfig {
  return {
    configFile: false,
    root: checkout,
    logLevel: 'error',
    plugins: [...plugins, ownPlaces(checkout), ...more],
    ssr: { noExternal: [...bundledPackages] },
    build: {
      ssr: true,
      target: 'node24',
      minify: false,
      outDir,
      emptyOutDir: false,
      copyPublicDir: false,
      reportCompressedSize: false,
      rolldownOptions: { input, output },
    },
  };
}

const placeMark = '__PLACE_OF_SOURCE__';

/** Whatever chunk a source comes to lie in, it finds what lies beside it as if it were where it was. */
export function ownPlaces(checkout: string): Plugin {
  return {
    name: 'own-places',
    transform(code, id) {
      const file = relative(checkout, id).split(sep).join('/');
      if (!/^(electron|shared)\//.test(file) || !code.includes('import.meta.url')) return null;
      const renamed = code.replaceAll(
        /new URL\((['"])(\.[^'"]*)\.ts\1, import\.meta\.url\)/g,
        "new URL('$2.js', import.meta.url)",
      );
      if (/\bnew URL\([^)]*\.ts['"`]/.test(renamed))
        this.error('A script is named in a way that this build does not know.');
      return {
        code: renamed.replaceAll('import.meta.url', `${placeMark}(${JSON.stringify(asBuilt(file))})`),
        map: null,
      };
    },
    renderChunk(code, { fileName }) {
      if (!code.includes(placeMark)) return null;
      const marks = new RegExp(`${placeMark}\\("([^"]+)"\\)`, 'g');
      const placed = code.replaceAll(marks, (_, file: string) => {
        const path = posix.relative(posix.dirname(fileName), file);
        return `new URL(${JSON.stringify(path)}, import.meta.url).href`;
      });
      return { code: placed, map: null };
    },
  };
}

/** Where the code of a source would lie, if it had a file of its own. */
function asBuilt(file: string): string {
  return file.split(sep).join('/').replace(/\.ts$/, '.js');
}
