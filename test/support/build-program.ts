/**
 * The program as tests start it: the sources, bundled into few files. Node.js takes half as long to start these as the
 * seven hundred they are made of, and a run of the tests starts the program some thousand times. That it starts from its
 * sources as well is for `from-sources.test.ts` to see.
 */
import { createHash } from 'node:crypto';
import { existsSync, globSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'vite';
import { programVariable, sourceLauncher } from './launcher.ts';
import { quickKeyMaking } from './quick-key-making.ts';

const checkout = join(import.meta.dirname, '../..');
const place = join(checkout, 'node_modules', '.cache', 'holdfast-program');
/** These would be many small files; all others, native ones among them, are found in `node_modules` as always. */
const bundled = [/^@orpc\//, /^zod(\/|$)/, 'commander', 'luxon', 'ignore', 'radash'];
const keptMs = 24 * 60 * 60 * 1000;

/** Before the tests of a project; builds only what has changed since. */
export async function setup(): Promise<void> {
  if (process.env[programVariable] !== undefined) return;
  const folder = join(place, await nameOfSources());
  if (!existsSync(folder)) await makeProgram(folder);
  const now = new Date();
  await utimes(folder, now, now);
  await removeOld();
  process.env[programVariable] = join(folder, 'electron', 'launch.mjs');
}

/** The place is part of it, because it is written into the bundle. */
async function nameOfSources(): Promise<string> {
  const hash = createHash('sha256').update(checkout);
  const patterns = [
    'electron/**/*.{ts,mjs}',
    'shared/**/*.ts',
    'package*.json',
    'test/support/{build-program,quick-key-*}.ts',
  ];
  for (const file of globSync(patterns, { cwd: checkout }).toSorted())
    hash.update(`\0${file}\0`).update(await readFile(join(checkout, file)));
  return hash.digest('hex').slice(0, 16);
}

async function makeProgram(folder: string): Promise<void> {
  const made = `${folder}.${process.pid}`;
  await rm(made, { recursive: true, force: true });
  await bundle(folder, made);
  await cp(join(checkout, 'package.json'), join(made, 'package.json'));
  const source = await readFile(sourceLauncher, 'utf8');
  await writeFile(join(made, 'electron', 'launch.mjs'), source.replace("'./cli.ts'", "'./cli.js'"));
  await mkdir(join(made, 'out'));
  await symlink(join(checkout, 'out', 'renderer'), join(made, 'out', 'renderer'));
  await rename(made, folder).catch(async (error: unknown) => {
    // Another run of tests has made the same.
    if (!existsSync(folder)) throw error;
    await rm(made, { recursive: true });
  });
}

async function bundle(folder: string, outDir: string): Promise<void> {
  const threads = globSync('electron/**/*worker.ts', { cwd: checkout });
  const entries = ['electron/cli.ts', ...threads].map((file) => [file.replace(/\.ts$/, ''), join(checkout, file)]);
  await build({
    configFile: false,
    root: checkout,
    logLevel: 'error',
    plugins: [quickKeyMaking(), placedIn(folder)],
    ssr: { noExternal: bundled },
    build: {
      ssr: true,
      target: 'node24',
      minify: false,
      outDir,
      copyPublicDir: false,
      rolldownOptions: {
        input: Object.fromEntries(entries) as Record<string, string>,
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  });
}

/** Whatever chunk a source comes to lie in, it finds what lies beside it as if it were where it was, in the new place. */
function placedIn(folder: string): Plugin {
  return {
    name: 'placed-in',
    transform(code, id) {
      const file = relative(checkout, id);
      if (!/^(electron|shared)\//.test(file) || !code.includes('import.meta.url')) return null;
      const url = pathToFileURL(join(folder, file.replace(/\.ts$/, '.js'))).href;
      const renamed = code.replaceAll(
        /new URL\((['"])(\.[^'"]*)\.ts\1, import\.meta\.url\)/g,
        "new URL('$2.js', import.meta.url)",
      );
      return { code: renamed.replaceAll('import.meta.url', JSON.stringify(url)), map: null };
    },
  };
}

/** Of other sources, and not used for a day: by no run that is still under way. */
async function removeOld(): Promise<void> {
  for (const name of await readdir(place)) {
    const folder = join(place, name);
    const used = await stat(folder).catch(() => null);
    if (used !== null && Date.now() - used.mtimeMs > keptMs) await rm(folder, { recursive: true, force: true });
  }
}
