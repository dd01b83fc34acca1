/** Documents of a configuration as they should be, for tests to change one thing about. */
import { alice } from './catalog-home.ts';

export const consoleId = '0123456789abcdef';
export const later = Date.parse('2026-01-02T00:00:00Z');

export const source = {
  kind: 'folder',
  name: 'docs',
  paths: ['/srv/docs'],
  excludes: [],
  excludeCaches: false,
  excludeLargerThanBytes: null,
  oneFileSystem: false,
  commands: { before: 'rm -rf /', after: null },
  addedAt: '2026-01-01T00:00:00.000Z',
  addedBy: 'cli:alice',
};
export const sound = {
  version: 1,
  tenant: alice.tenant,
  savedAt: '2026-01-01T00:00:00.000Z',
  console: { id: consoleId, name: 'desk' },
  sources: [source],
};
export const newer = { ...sound, savedAt: '2026-01-02T00:00:00.000Z' };
