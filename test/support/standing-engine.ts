/** One engine for the commands of a file of tests: a command that finds it opens none of its own. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { serveEngine, type ServedEngine } from '../../electron/engine/engine.ts';

/** Call at the top of a file. What is returned gives the environment of commands that this engine answers. */
export function standingEngine(): () => Promise<{ readonly HOLDFAST_HOME: string }> {
  let standing: Promise<{ readonly folder: string; readonly engine: ServedEngine }> | null = null;
  afterAll(async () => {
    if (standing === null) return;
    const { folder, engine } = await standing;
    await engine.close();
    await rm(folder, { recursive: true });
  });
  return async () => {
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
