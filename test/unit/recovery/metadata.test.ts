import { closeSync, lstatSync, openSync, symlinkSync, writeFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { libc } from '../../../electron/engine/platform/libc.ts';
import { applyToFile, setPermissionsOf } from '../../../electron/engine/recovery/metadata.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { readAttributes } from '../../support/extended-attributes.ts';
import { makeWorkspace } from '../../support/workspace.ts';

const isRoot = process.getuid?.() === 0;
/** struct vfs_ns_cap_data of version 2 with cap_net_raw, effective and permitted (linux/capability.h). */
const networkCapability = Buffer.from('0100000200200000000000000000000000000000', 'hex');

describe('a restored file', () => {
  test.skipIf(!isRoot)('keeps the capabilities of a program that belongs to somebody else', async () => {
    await using workspace = await makeWorkspace();
    const folder = await workspace.folder('restored');
    const program = join(folder, 'ping');
    writeFileSync(program, 'program');
    const descriptor = openSync(program, 'r+');
    const xattrs = [{ name: 'security.capability', value: networkCapability.toString('base64') }];
    const notes = applyToFile(descriptor, { permissions: 0o4755, uid: 1234, gid: 1234, mtimeNs: 0n, xattrs });
    closeSync(descriptor);
    expect(notes).toEqual([]);
    expect(readAttributes(folder).get('ping')).toEqual({ 'security.capability': networkCapability.toString('hex') });
    expect(lstatSync(program)).toMatchObject({ uid: 1234, gid: 1234, mode: 0o104755 });
  });
});

describe('the permissions of what has no descriptor', () => {
  test('are given to a fifo without waiting for its other end', async () => {
    await using workspace = await makeWorkspace();
    const fifo = workspace.path('fifo');
    libc?.makeNode(fifo, 0o010600, 0n);
    setPermissionsOf(fifo, 0o640);
    expect(lstatSync(fifo).mode & 0o7777).toBe(0o640);
  });

  test('never go through a link that somebody put in its place', async () => {
    await using workspace = await makeWorkspace();
    const victim = workspace.path('victim');
    writeFileSync(victim, 'secret');
    await chmod(victim, 0o600);
    symlinkSync(victim, workspace.path('fifo'));
    expect(() => setPermissionsOf(workspace.path('fifo'), 0o666)).toThrow(HoldfastError);
    expect(lstatSync(victim).mode & 0o7777).toBe(0o600);
  });
});
