/** One engine for the commands of a file of tests: a command that finds it opens none of its own. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveEngine, type ServedEngine } from '../../electron/engine/engine.ts';
import { atEndOfFile } from './end-of-file.ts';

/** Until the file that asked first has ended. What is returned gives the environment of commands that this engine answers. */
export function standingEngine(): () => Promise<{ readonly HOLDFAST_HOME: string }> {
  let standing: Promise<{ readonly folder: string; readonly engine: ServedEngine }> | null = null;
  const end = async (): Promise<void> => {
    if (standing === null) return;
    const { folder, engine } = await standing;
    standing = null;
    await engine.close();
    await rm(folder, { recursive: true });
  };
  return async () => {
    if (standing === null) atEndOfFile(end);
    standing ??= start();
    return { HOLDFAST_HOME: homeIn((await standing).folder) };
  };
}

const homeIn = (folder: string): string => join(folder, 'home');

async function start(): Promise<{ readonly folder: string; readonly engine: ServedEngine }> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-standing-'));
  const packageFile = new URL('../../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };
  const caller = { tenant: 'default', actor: 'test' };
  return { folder, engine: await serveEngine({ home: homeIn(folder), caller, version, onNotice: () => undefined }) };
}
