import { expect, test } from 'vitest';
import { migrations } from '../../../electron/engine/catalog/migrations/index.ts';
import { newestVersion } from '../../../electron/engine/catalog/migrations/newest-version.ts';

test('steps come in the order of their versions, and the newest is known without them', () => {
  const versions = migrations.map(({ version }) => version);
  expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b));
  expect(versions.at(-1)).toBe(newestVersion);
});
