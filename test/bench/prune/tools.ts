import { join } from 'node:path';
import { builtLauncher } from '../measure/launcher.ts';
import type { Command } from '../measure/child.ts';

export type PruneTool = 'restic' | 'holdfast';
export const pruneTools: readonly PruneTool[] = ['restic', 'holdfast'];

const password = 'correct horse battery staple';
const launcher = builtLauncher();

const words = {
  restic: { program: ['restic', '-q'], prune: ['prune'], check: ['check', '--read-data'] },
  holdfast: { program: [process.execPath, launcher, '-q'], prune: ['prune'], check: ['check', '--read-data'] },
} as const;

/** A command of a tool on the repository in a folder; home, cache and temporary files lie beside it. */
export function commandOf(tool: PruneTool, folder: string, command: 'prune' | 'check'): Command {
  return anyCommand([...words[tool].program, ...words[tool][command]], folder);
}

export function holdfast(folder: string, ...args: string[]): Command {
  return anyCommand([...words.holdfast.program, ...args], folder);
}

function anyCommand([program = '', ...args]: readonly string[], folder: string): Command {
  const { PATH = '', HOME = folder } = process.env;
  const env = {
    PATH,
    HOME,
    TMPDIR: folder,
    LC_ALL: 'C',
    TZ: 'UTC',
    RESTIC_REPOSITORY: join(folder, 'repository'),
    RESTIC_PASSWORD: password,
    RESTIC_CACHE_DIR: join(folder, 'cache'),
    HOLDFAST_HOME: join(folder, 'home'),
    HOLDFAST_REPOSITORY: join(folder, 'repository'),
    HOLDFAST_PASSWORD: password,
  };
  return { program, args, env, cwd: folder };
}
