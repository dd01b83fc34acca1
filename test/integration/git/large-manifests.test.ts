/** Lists of refs out of a snapshot, which anybody may have written. */
import { expect, test } from 'vitest';
import { readManifest, type SnapshotTree } from '../../../electron/engine/recovery/git/snapshot-tree.ts';

function treeWith(text: string): SnapshotTree {
  return {
    folders: () => Promise.resolve(null),
    files: () => Promise.resolve([]),
    file: (path) => Promise.resolve(path === '/octo/app.meta/refs.json' ? new Uint8Array(Buffer.from(text)) : null),
  };
}

const listed = (count: number, ref: (at: number) => string): string =>
  `{"version":1,"head":null,"refs":[${Array.from({ length: count }, (_, at) => ref(at)).join(',')}]}`;

test('as many refs as a mirror takes are read', async () => {
  const id = 'a'.repeat(40);
  const manifest = await readManifest(
    treeWith(listed(500_000, (at) => `["refs/tags/${at}","${id}","${id}"]`)),
    '/octo/app.git',
  );
  expect(manifest?.refs).toHaveLength(500_000);
});

test.each([
  ['more refs', listed(500_100, (at) => `["refs/tags/${at}","${'a'.repeat(40)}"]`)],
  ['lists in lists', '['.repeat(600_000)],
  ['objects', listed(600_000, () => '{}')],
  ['numbers', `[${'0,'.repeat(2_000_000)}0]`],
])('%s than that are refused before they are taken apart', async (_what, text) => {
  await expect(readManifest(treeWith(text), '/octo/app.git')).rejects.toMatchObject({
    code: 'GIT_REPOSITORY_INVALID',
    message: expect.stringContaining('more refs than any') as string,
  });
});
