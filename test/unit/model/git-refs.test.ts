import { expect, test } from 'vitest';
import { compareRefs, type RefsManifest } from '../../../shared/model/git-refs.ts';

const at = (...refs: RefsManifest['refs']): RefsManifest => ({ version: 1, head: 'refs/heads/main', refs });

test('what became of refs between two moments is named, in order, and what stayed is not', () => {
  const before = at(['refs/heads/main', 'a'], ['refs/heads/old', 'b'], ['refs/tags/v1', 'c', 'a']);
  const after = at(['refs/heads/main', 'd'], ['refs/heads/new', 'e'], ['refs/tags/v1', 'c', 'a']);
  expect(compareRefs(before, after)).toEqual([
    { name: 'refs/heads/main', kind: 'moved', from: 'a', to: 'd' },
    { name: 'refs/heads/new', kind: 'created', from: null, to: 'e' },
    { name: 'refs/heads/old', kind: 'deleted', from: 'b', to: null },
  ]);
});
