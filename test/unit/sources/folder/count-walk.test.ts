import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { countAll } from '../../../../electron/engine/sources/folder/count-walk.ts';
import { toHoldfastError } from '../../../../shared/model/errors.ts';

test('a folder that cannot be looked at is named, and the rest is counted', () => {
  const root = mkdtempSync(join(tmpdir(), 'holdfast-count-'));
  try {
    for (const name of ['a', 'b', 'never']) mkdirSync(join(root, name));
    for (const name of ['a/1', 'b/2', 'never/3', 'top']) writeFileSync(join(root, name), 'xyz');
    const unreadable: string[] = [];
    const options = {
      roots: [root],
      excludes: [],
      excludeCaches: false,
      excludeLargerThanBytes: null,
      oneFileSystem: false,
      neverRead: [join(root, 'never')],
    };
    const counted = countAll(options, {
      // Gone between the listing and the look.
      onFolder: (folder) => folder === join(root, 'a') && rmSync(folder, { recursive: true }),
      onUnreadable: (path, error) => unreadable.push(`${path} ${toHoldfastError(error).code}`),
    });
    expect(counted).toEqual({ items: 2, folders: 3, bytes: 6 });
    expect(unreadable).toHaveLength(1);
    expect(unreadable[0]).toMatch(new RegExp(`^${join(root, 'a')} `));
  } finally {
    rmSync(root, { recursive: true });
  }
});
