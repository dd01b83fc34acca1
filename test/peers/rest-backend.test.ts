import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { RestBackend } from '../../electron/engine/repository/backend/rest/rest.ts';
import { describeBackend } from '../support/backend-contract.ts';
import { describePeer } from '../support/peers.ts';
import { startRclone, type RcloneServer } from '../support/rclone-server.ts';
import { sha256 } from '../support/restic-repository.ts';

const openAt = ({ url, user, password }: Pick<RcloneServer, 'url' | 'user' | 'password'>): RestBackend =>
  new RestBackend({ url, user, password: () => Promise.resolve(password), fingerprint: null, authority: null });

describePeer('rclone', 'rclone serve restic', () => {
  describeBackend(
    'a REST server of rclone',
    async () => {
      const server = await startRclone();
      const { folder } = server;
      return {
        backend: openAt(server),
        putStranger: async (path: string, content: string) => {
          await mkdir(dirname(join(folder, path)), { recursive: true });
          await writeFile(join(folder, path), content);
        },
        paths: async () => (existsSync(folder) ? (await readdir(folder, { recursive: true })).sort() : []),
        [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
      };
    },
    { showsUnfinished: false, without: ['one winner', 'strangers', 'layout'] },
  );

  test('with --append-only takes what is new and the same again, and gives nothing up but locks', async () => {
    await using server = await startRclone({ appendOnly: true });
    const backend = openAt(server);
    await backend.create();
    const content = Buffer.from('content');
    const pack = { type: 'data', name: sha256(content) } as const;
    const lock = { type: 'locks', name: sha256(content) } as const;
    await backend.save(pack, content);
    await backend.save(pack, content);
    await backend.save(lock, content);
    await backend.remove(lock);
    await expect(backend.remove(pack)).rejects.toMatchObject({ code: 'APPEND_ONLY' });
    await expect(backend.save(pack, Buffer.from('another'))).rejects.toMatchObject({ code: 'APPEND_ONLY' });
    expect(await backend.list('locks')).toEqual([]);
    expect((await backend.load(pack)).toString()).toBe('content');
  });

  test('with a wrong password gives and takes nothing', async () => {
    await using server = await startRclone();
    const backend = openAt({ ...server, password: 'wrong' });
    const pack = { type: 'data', name: sha256(Buffer.from('content')) } as const;
    await expect(backend.create()).rejects.toMatchObject({ code: 'ACCESS_REFUSED' });
    await expect(backend.save(pack, Buffer.from('content'))).rejects.toMatchObject({ code: 'ACCESS_REFUSED' });
    await expect(backend.load(pack)).rejects.toMatchObject({ code: 'ACCESS_REFUSED' });
    await expect(backend.list('data')).rejects.toMatchObject({ code: 'ACCESS_REFUSED' });
    await expect(backend.remove(pack)).rejects.toMatchObject({ code: 'ACCESS_REFUSED' });
  });
});
