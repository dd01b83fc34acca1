import { expect, test } from 'vitest';
import {
  coverageOf,
  hasOwnCommits,
  isOwnDisk,
  isShare,
  isWorthNaming,
  packedRefs,
  placeRules,
} from '../../../shared/model/unprotected-places.ts';

const paths = (platform: string) => placeRules(platform).map(({ path }) => path);

test('each system has its own places, and a database always comes with a hint', () => {
  expect(paths('linux')).toEqual(
    expect.arrayContaining(['/home/*', '/srv', '/etc', '/var/lib/postgresql', '/var/www']),
  );
  expect(paths('darwin')).toEqual(expect.arrayContaining(['/Users/*', '/Volumes/*', '/opt/homebrew/var/postgres*']));
  expect(paths('win32')).toEqual(expect.arrayContaining(['C:\\Users\\*', 'C:\\Program Files\\PostgreSQL\\*\\data']));
  expect(paths('freebsd')).toEqual(paths('linux'));
  for (const platform of ['linux', 'darwin', 'win32'])
    for (const { kind, hint } of placeRules(platform))
      expect(hint === null, kind).toBe(kind !== 'database' && kind !== 'containers');
});

test.each([
  ['home', 'Documents', 'linux', true],
  ['home', '.cache', 'linux', false],
  ['home', 'Downloads', 'linux', false],
  ['home', 'Library', 'darwin', false],
  ['home', 'Library', 'linux', true],
  ['home', 'AppData', 'win32', false],
  ['service', 'Downloads', 'linux', true],
  ['service', 'containerd', 'linux', false],
  ['service', 'lost+found', 'linux', false],
] as const)('%s: %s on %s is worth naming: %s', (kind, name, platform, isWorth) =>
  expect(isWorthNaming(kind, name, platform)).toBe(isWorth),
);

test.each([
  ['/mnt/data', 'ext4', true],
  ['/media/ada/stick', 'vfat', true],
  ['/run/media/ada/stick', 'exfat', true],
  ['/', 'ext4', false],
  ['/boot/efi', 'vfat', false],
  ['/home', 'ext4', false],
  ['/var/lib/docker/overlay2/x', 'xfs', false],
  ['/mnt/nas', 'nfs4', false],
  ['/run/user/1000', 'tmpfs', false],
  ['/data', 'zfs', true],
  ['/bootstrap', 'ext4', true],
])('%s of %s is a disk of somebody: %s', (path, kind, isOwn) => expect(isOwnDisk(path, kind)).toBe(isOwn));

test('what another machine serves is known by its file system', () => {
  for (const kind of ['nfs', 'nfs4', 'cifs', 'smb3', 'fuse.sshfs', '9p']) expect(isShare(kind), kind).toBe(true);
  for (const kind of ['ext4', 'fuseblk', 'fuse.portal']) expect(isShare(kind), kind).toBe(false);
});

test('a place is covered by what lies around it, and in part by what lies in it', () => {
  expect(coverageOf('/home/ada/Documents', ['/home/ada'])).toMatchObject({ isCovered: true });
  expect(coverageOf('/home/ada', ['/home/ada2'])).toEqual({ isCovered: false, inside: [] });
  expect(coverageOf('/srv', ['/srv/shop', '/srvx'])).toEqual({ isCovered: false, inside: ['/srv/shop'] });
  expect(coverageOf('/srv', ['/'])).toMatchObject({ isCovered: true });
  expect(coverageOf('C:\\Users\\ada', ['C:\\'])).toMatchObject({ isCovered: true });
  expect(coverageOf('C:\\Users\\adam', ['C:\\Users\\ada'])).toMatchObject({ isCovered: false });
});

test('a branch that no remote is known to have has commits of its own', () => {
  const [one, two] = ['1'.repeat(40), '2'.repeat(40)];
  const refs = (...all: [string, string][]) => new Map(all);
  expect(hasOwnCommits(refs(['refs/heads/main', one], ['refs/remotes/origin/main', one]))).toBe(false);
  expect(hasOwnCommits(refs(['refs/heads/main', two], ['refs/remotes/origin/main', one]))).toBe(true);
  expect(hasOwnCommits(refs(['refs/heads/main', one]))).toBe(true);
  expect(hasOwnCommits(refs(['refs/tags/v1', one]))).toBe(false);
  expect(packedRefs(`# pack-refs with: peeled\n${one} refs/heads/main\n^${two}\nodd line\n`)).toEqual(
    refs(['refs/heads/main', one]),
  );
});
