import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from '../measure/child.ts';

export type SyncTool = 'restic' | 'holdfast';
export const syncTools: readonly SyncTool[] = ['restic', 'holdfast'];

export const password = 'correct horse battery staple';
const script = fileURLToPath(new URL('./copy-once.ts', import.meta.url));

/** Copies what is in `from` to `to`, both below the folder; home, cache and temporary files lie there too. */
export function copyCommand(tool: SyncTool, folder: string): Command {
  const [from, to] = [join(folder, 'from'), join(folder, 'to')];
  if (tool === 'restic') return restic(folder, 'to', 'copy', '--from-repo', from);
  const args = ['--no-warnings', script, from, to, join(folder, 'memory'), durationFile(folder)];
  return { program: process.execPath, args, env: environment(folder, 'to'), cwd: folder };
}

/** Where ours writes how many milliseconds the copying itself took. */
export function durationFile(folder: string): string {
  return join(folder, 'duration');
}

/** restic on one of the two. */
export function restic(folder: string, name: 'from' | 'to', ...args: string[]): Command {
  return { program: 'restic', args: ['-q', ...args], env: environment(folder, name), cwd: folder };
}

function environment(folder: string, name: 'from' | 'to'): Record<string, string> {
  const { PATH = '', HOME = folder } = process.env;
  return {
    PATH,
    HOME,
    TMPDIR: folder,
    LC_ALL: 'C',
    TZ: 'UTC',
    RESTIC_REPOSITORY: join(folder, name),
    RESTIC_PASSWORD: password,
    RESTIC_FROM_PASSWORD: password,
    RESTIC_CACHE_DIR: join(folder, 'cache'),
    // As the program itself does.
    NODE_COMPILE_CACHE: join(folder, 'compiled'),
  };
}
