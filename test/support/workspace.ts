/** A temporary folder of one test, with a home, a repository and the two programs that work on it. */
import { mkdir, mkdtemp, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runHoldfast, startHoldfast, type HoldfastOptions, type HoldfastResult } from './holdfast.ts';
import type { HereOptions } from './here.ts';
import { createRepository } from './restic-repository.ts';
import { mustRun, run, type Finished, type Running, type RunOptions } from './processes.ts';

export type Workspace = AsyncDisposable & {
  readonly root: string;
  readonly home: string;
  readonly repository: string;
  readonly password: string;
  path(...parts: string[]): string;
  /** Makes a folder in the workspace and gives its path. */
  folder(...parts: string[]): Promise<string>;
  /** Makes the repository, as the independent writer does: its key is one that opens fast. */
  init(): void;
  holdfast(args: readonly string[], options?: HoldfastOptions): Promise<HoldfastResult>;
  /** The same in this process: for what prepares a test, and for what looks at what is left. */
  here(args: readonly string[], options?: HereOptions): Promise<HoldfastResult>;
  startHoldfast(args: readonly string[], options?: HoldfastOptions): Running;
  restic(args: readonly string[], options?: RunOptions): Promise<Finished>;
  /** As `restic`, and rejects on any other exit code than 0. */
  mustRestic(args: readonly string[], options?: RunOptions): Promise<Finished>;
  resticEnv(): Record<string, string>;
};

export type WorkspaceOptions = {
  /** The folder the repository is to lie in; by default the workspace itself. */
  readonly repositoryUnder?: string | undefined;
  /**
   * In memory where the system has room there: hundreds of thousands of files take a disk minutes, and whoever waits for
   * each write to be durable waits for the disk. Not for more than some hundred MiB.
   */
  readonly inMemory?: boolean;
};

/** Use with `await using`: the folder is gone at the end of the block, whatever modes were set in it. */
export async function makeWorkspace(options: WorkspaceOptions = {}): Promise<Workspace> {
  const under = options.inMemory === true && (await hasRoom('/dev/shm')) ? '/dev/shm' : tmpdir();
  const root = await mkdtemp(join(under, 'holdfast-test-'));
  await mustRun('chmod', ['755', root]);
  const home = join(root, 'home');
  const repository = join(options.repositoryUnder ?? root, 'repository');
  const password = 'correct horse battery staple';
  await mkdir(home);
  const resticEnv = () => ({
    HOME: home,
    RESTIC_REPOSITORY: repository,
    RESTIC_PASSWORD: password,
    RESTIC_CACHE_DIR: join(root, 'restic-cache'),
    RESTIC_PROGRESS_FPS: '0.1',
  });
  const ours = (given: HoldfastOptions = {}): HoldfastOptions => ({
    ...given,
    env: {
      HOME: home,
      // A home belongs to one account.
      HOLDFAST_HOME: join(home, given.unprivileged === true ? 'holdfast-of-another' : 'holdfast'),
      HOLDFAST_REPOSITORY: repository,
      HOLDFAST_PASSWORD: password,
      HOLDFAST_PASSWORD_FILE: undefined,
      ...given.env,
    },
  });
  const theirs = (given: RunOptions = {}): RunOptions => ({ ...given, env: { ...resticEnv(), ...given.env } });
  return {
    root,
    home,
    repository,
    password,
    path: (...parts) => join(root, ...parts),
    folder: async (...parts) => {
      const folder = join(root, ...parts);
      await mkdir(folder, { recursive: true });
      return folder;
    },
    init: () => void createRepository(repository, { password }),
    holdfast: (args, given) => runHoldfast(args, ours(given)),
    // Only those who use it load the engine into the test.
    here: async (args, given) => (await import('./here.ts')).runHere(args, ours(given)),
    startHoldfast: (args, given) => startHoldfast(args, ours(given)),
    restic: (args, given) => run('restic', args, theirs(given)),
    mustRestic: (args, given) => mustRun('restic', args, theirs(given)),
    resticEnv,
    [Symbol.asyncDispose]: () => removeFolder(root),
  };
}

async function hasRoom(folder: string): Promise<boolean> {
  const found = await statfs(folder).catch(() => null);
  return found !== null && found.bavail * found.bsize > 8 * 1024 ** 3;
}

const removalMs = 10 * 60_000;

/** Removes a folder with whatever is in it: folders of mode 000, names Node cannot spell, tens of thousands of levels. */
export async function removeFolder(folder: string): Promise<void> {
  if (process.getuid?.() !== 0) await run('chmod', ['-R', 'u+rwX', folder]);
  await run('rm', ['-rf', '--', folder], { timeoutMs: removalMs });
}
