/**
 * The program as tests start it, some thousand times: bundled as it is shipped, with keys that are made in a moment. That it
 * starts from its sources as well is for `from-sources.test.ts` to see.
 */
import { createHash } from 'node:crypto';
import { existsSync, globSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, stat, symlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { buildProgram } from '../../packaging/program/program.ts';
import { programVariable } from './launcher.ts';
import { quickKeyMaking } from './quick-key-making.ts';

const checkout = join(import.meta.dirname, '../..');
const place = join(checkout, 'node_modules', '.cache', 'holdfast-program');
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

async function nameOfSources(): Promise<string> {
  const hash = createHash('sha256');
  const patterns = [
    'electron/**/*.{ts,mjs}',
    'shared/**/*.ts',
    'package*.json',
    'packaging/program/*.ts',
    'test/support/{build-program,quick-key-*}.ts',
  ];
  for (const file of globSync(patterns, { cwd: checkout }).toSorted())
    hash.update(`\0${file}\0`).update(await readFile(join(checkout, file)));
  return hash.digest('hex').slice(0, 16);
}

async function makeProgram(folder: string): Promise<void> {
  const made = `${folder}.${process.pid}`;
  await rm(made, { recursive: true, force: true });
  await buildProgram({ checkout, outDir: made, plugins: [quickKeyMaking()] });
  await cp(join(checkout, 'package.json'), join(made, 'package.json'));
  await mkdir(join(made, 'out'));
  await symlink(join(checkout, 'out', 'renderer'), join(made, 'out', 'renderer'));
  await rename(made, folder).catch(async (error: unknown) => {
    // Another run of tests has made the same.
    if (!existsSync(folder)) throw error;
    await rm(made, { recursive: true });
  });
}

/** Of other sources, and not used for a day: by no run that is still under way. */
async function removeOld(): Promise<void> {
  for (const name of await readdir(place)) {
    const folder = join(place, name);
    const used = await stat(folder).catch(() => null);
    if (used !== null && Date.now() - used.mtimeMs > keptMs) await rm(folder, { recursive: true, force: true });
  }
}
