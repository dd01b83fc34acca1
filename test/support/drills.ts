/** What drills leave behind, looked at from outside. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Workspace } from './workspace.ts';

/** How many records of drills are in the chain of evidence. */
export function evidenceOfDrills({ home }: Workspace): number {
  const folder = join(home, 'holdfast', 'evidence');
  if (!existsSync(folder)) return 0;
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8').split('\n'))
    .filter((line) => line.includes('"kind":"drill"')).length;
}
