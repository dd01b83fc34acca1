import { expect, test } from 'vitest';
import { missingPackages, readLock } from '../../house/complete-lock.ts';

test('the lock file names every optional package, so that `npm ci` takes it (see CONTRIBUTING.md)', () => {
  expect(missingPackages(readLock())).toEqual([]);
});

test('an optional package without an entry is found', () => {
  const lock = { packages: { 'node_modules/a': { dev: true, optionalDependencies: { 'a-linux-x64': '1.2.3' } } } };
  expect(missingPackages(lock)).toEqual([{ name: 'a-linux-x64', version: '1.2.3', dev: true }]);
});
