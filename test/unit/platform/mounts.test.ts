import { expect, test } from 'vitest';
import { listMounts, mountOf, parseMounts } from '../../../electron/engine/platform/mounts.ts';

const mounts = parseMounts(
  [
    '22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw',
    '30 22 0:44 / /mnt/my\\040nas rw master:1 shared:2 - nfs4 server:/export rw',
    '31 22 0:45 / /mnt rw - tmpfs tmpfs rw',
    '32 31 0:46 / /mnt/back\\134slash rw - fuse.sshfs host: rw',
    'what is no line of it',
    '',
  ].join('\n'),
);

test('mounts are read with their kinds and with spaces and backslashes in their paths', () => {
  expect(mounts).toEqual([
    { path: '/', kind: 'ext4' },
    { path: '/mnt/my nas', kind: 'nfs4' },
    { path: '/mnt', kind: 'tmpfs' },
    { path: '/mnt/back\\slash', kind: 'fuse.sshfs' },
  ]);
});

test('a path lies on the mount with the longest path, and of two at one place on the later one', () => {
  expect(mountOf(mounts, '/mnt/my nas/photos')?.kind).toBe('nfs4');
  expect(mountOf(mounts, '/mnt/my nas')?.kind).toBe('nfs4');
  expect(mountOf(mounts, '/mnt/my nasty')?.kind).toBe('tmpfs');
  expect(mountOf(mounts, '/etc')?.kind).toBe('ext4');
  expect(mountOf([...mounts, { path: '/mnt', kind: 'xfs' }], '/mnt/a')?.kind).toBe('xfs');
  expect(mountOf([], '/etc')).toBeNull();
});

test('this machine has something mounted at its root', () => {
  expect(mountOf(listMounts(), '/')).toMatchObject({ path: '/' });
});
