/** A folder for a repository, and a repository opened on it without the cost of a password. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Backend } from '../../electron/engine/repository/backend/backend.ts';
import { LocalBackend } from '../../electron/engine/repository/backend/local.ts';
import { generateSealingKey } from '../../electron/engine/repository/crypto.ts';
import { Repository } from '../../electron/engine/repository/repository.ts';
import type { BackendUnderTest } from './backend-contract.ts';
import { removeFolder } from './workspace.ts';

export type LocalPlace = BackendUnderTest & {
  readonly backend: LocalBackend;
  /** A temporary folder; the repository lies in one of its own in it. */
  readonly root: string;
  readonly folder: string;
};

/** In memory where the system has a place for that: a repository of 256 folders is made and removed in no time. */
const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** Use with `await using`. `under` is the folder to put it in. */
export async function makeLocalPlace(under = memory): Promise<LocalPlace> {
  const root = await mkdtemp(join(under, 'holdfast-place-'));
  const folder = join(root, 'repository');
  return {
    backend: new LocalBackend(folder),
    root,
    folder,
    putStranger: async (path, content) => {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    },
    paths: async () => (existsSync(folder) ? (await readdir(folder, { recursive: true })).sort() : []),
    [Symbol.asyncDispose]: () => removeFolder(root),
  };
}

/** A repository of version 2 whose key nobody needs a password for. `backend` defaults to the place's own. */
export async function makeRepository(place: LocalPlace, backend: Backend = place.backend): Promise<Repository> {
  await place.backend.create();
  const config = { version: 2, id: randomBytes(32).toString('hex'), chunkerPolynomial: '25b468838dcb75' } as const;
  return new Repository(backend, config, generateSealingKey(), 'no key file');
}
