import { expect, test } from 'vitest';
import { folderOfLocation } from '../../../shared/model/location.ts';

test.each([
  ['/srv/repository', '/srv/repository'],
  ['repository', 'repository'],
  ['./nas:backup', './nas:backup'],
  ['/srv/at 10:30/repository', '/srv/at 10:30/repository'],
  ['local:/srv/repository', '/srv/repository'],
  ['C:/repository', 'C:/repository'],
])('%s is the folder %s', (location, folder) => {
  expect(folderOfLocation(location)).toBe(folder);
});

test.each(['sftp:ada@nas:/backup', 's3:https://host/bucket', 'rest:http://host/', 'https://host/', 'ada@nas:backup'])(
  '%s is an address, not a folder',
  (location) => {
    expect(() => folderOfLocation(location)).toThrow(
      expect.objectContaining({ code: 'REPOSITORY_KIND_UNSUPPORTED' }) as Error,
    );
  },
);

test('an address that holds a password is not repeated', () => {
  expect(() => folderOfLocation('rest:https://ada:secret@host/')).toThrow(/^rest: is/);
});
