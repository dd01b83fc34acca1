/** What takes several runs of the program to set up is set up once for a file of tests, and copied for each of them. */
import { existsSync } from 'node:fs';
import { atEndOfFile } from './end-of-file.ts';
import { mustRun } from './processes.ts';
import { removeFolder, type Workspace } from './workspace.ts';

/**
 * Builds a workspace once for the tests of a file. Each call gives it as it was when built, at the same place, since
 * paths are written in it: a call while the last one is still in use throws. What is beside its folder is not put back.
 */
export function buildOnce<Built extends Workspace>(build: () => Promise<Built>): () => Promise<Built> {
  let built: { readonly workspace: Built; readonly copy: string } | null = null;
  return async () => {
    if (built === null) {
      const workspace = await build();
      const copy = `${workspace.root}-as-it-was`;
      await mustRun('cp', ['-a', '--', workspace.root, copy]);
      built = { workspace, copy };
      atEndOfFile(async () => {
        built = null;
        await removeFolder(copy);
      });
      return { ...workspace };
    }
    const { workspace, copy } = built;
    if (existsSync(workspace.root)) throw new Error(`${workspace.root} is still in use.`);
    await mustRun('cp', ['-a', '--', copy, workspace.root]);
    return { ...workspace };
  };
}
