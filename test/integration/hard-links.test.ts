import { linkSync, lstatSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectDone } from '../support/expect-clean.ts';
import { makeWorkspace } from '../support/workspace.ts';

/** Of files only: like restic, a snapshot does not say which links or fifos were the same one. */
const makers: Readonly<Record<string, (path: string) => void>> = {
  file: (path) => writeFileSync(path, 'content'),
  'empty file': (path) => writeFileSync(path, ''),
};

describe('several names of one thing come back as one thing', () => {
  for (const [what, make] of Object.entries(makers)) {
    test(what, async () => {
      await using workspace = await makeWorkspace();
      const source = await workspace.folder('source');
      await workspace.folder('source', 'elsewhere');
      const names = ['first', 'second', join('elsewhere', 'third')];
      make(join(source, 'first'));
      for (const name of names.slice(1)) linkSync(join(source, 'first'), join(source, name));
      workspace.init();
      expectDone(await workspace.here(['protect', source]));
      expectDone(await workspace.here(['restore', 'latest', '--to', workspace.path('restored')]));
      const inodes = names.map((name) => lstatSync(workspace.path('restored', source, name)).ino);
      expect(new Set(inodes).size).toBe(1);
    });
  }
});
