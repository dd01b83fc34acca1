/** What is there before somebody opens the console: a repository, a source, data that takes a while. */
import { randomBytes } from 'node:crypto';
import { link, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, toTheEnd } from '../support/client.ts';
import { createQuickly } from '../support/quick-keys.ts';
import type { Workspace } from '../support/workspace.ts';
import { noHooks } from '../../shared/model/hooks.ts';

export type Prepared = {
  readonly name: string;
  /** What it protects. */
  readonly path: string;
  readonly protect?: boolean;
  /** In bytes a second as limits say it, from then on: a run takes a while without work for the machine. */
  readonly readsAtMost?: string;
};

/** Through the engine that serves the workspace: the repository is open in its console afterwards. */
export async function prepareSource(
  workspace: Workspace,
  { name, path, protect = false, readsAtMost }: Prepared,
): Promise<void> {
  await using connected = await connect(workspace);
  const { client } = connected;
  const { repository } = await createQuickly(client, workspace);
  const source = {
    kind: 'folder' as const,
    name,
    paths: [path],
    excludes: [],
    excludeCaches: false,
    excludeLargerThanBytes: null,
    oneFileSystem: false,
    commands: noHooks,
    tags: [],
    rpoMs: null,
  };
  await client.sources.add({ repository: { id: repository.id }, source });
  if (protect) await toTheEnd(await client.protection.protect({ repository: { id: repository.id }, registered: name }));
  if (readsAtMost === undefined) return;
  const value = `always read ${readsAtMost}`;
  await client.settings.set({ repository: { id: repository.id }, key: 'impact.limits', value });
}

/** As a source of its own, which nobody has registered and which is called by its paths. */
export async function protectPaths(workspace: Workspace, paths: readonly string[]): Promise<void> {
  await using connected = await connect(workspace);
  const { client } = connected;
  const { repository } = await createQuickly(client, workspace);
  await toTheEnd(await client.protection.protect({ repository: { id: repository.id }, paths: [...paths] }));
}

const mib = 1024 * 1024;
const names = 4;
const largeFiles = 4;
const largeBytes = 24 * mib;
/** All that is new is read, 96 MiB, and some of it stored: packs that are not full yet hold less than 70 MiB. */
export const slowFolderMostlyStored = /(?:1[1-9]|[23]\d)\d(?:\.\d)? MiB of /;
export const slowFolderFiles = largeFiles * names;
/** A run takes a quarter of a minute. */
export const slowly = '24MiB/s';

/**
 * A folder that takes a while to protect where it may be read only slowly: each file is read under every name it has, first
 * once under its first.
 */
export async function slowFolder(workspace: Workspace): Promise<string> {
  const folder = await workspace.folder('slow');
  for (let file = 0; file < largeFiles; file++) {
    const path = join(folder, `large-${file}`);
    await writeFile(path, randomBytes(largeBytes));
    for (let name = 1; name < names; name++) await link(path, join(folder, `name-${name}-${file}`));
  }
  return folder;
}

/** `count` small files in folders of a hundred. */
export async function manyFiles(workspace: Workspace, count: number): Promise<string> {
  const folder = await workspace.folder('many');
  const perFolder = 100;
  for (let first = 0; first < count; first += perFolder) {
    const inside = await workspace.folder('many', `folder-${first / perFolder}`);
    const numbers = Array.from({ length: Math.min(perFolder, count - first) }, (_, index) => first + index);
    await Promise.all(numbers.map((number) => writeFile(join(inside, `file-${number}`), `${number}\n`.repeat(200))));
  }
  return folder;
}
