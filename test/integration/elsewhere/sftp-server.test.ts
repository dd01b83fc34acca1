/** SSH servers: which one is trusted, who is let in and how, and what a lost connection costs. */
import { writeFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test, vi } from 'vitest';
import { openBackend } from '../../../electron/engine/repository/backend/open-backend.ts';
import { withRetry } from '../../../electron/engine/repository/backend/retry.ts';
import { noise } from '../../support/odd-tree.ts';
import { startPasswordServer } from '../../support/password-ssh-server.ts';
import { describePeer } from '../../support/peers.ts';
import { mustRun } from '../../support/processes.ts';
import { sha256 } from '../../support/restic-repository.ts';
import { makeSftpPlace } from '../../support/sftp-place.ts';

const packOf = (data: Buffer) => ({ type: 'data', name: sha256(data) }) as const;

describePeer('sshd', 'an SSH server', () => {
  test('that nobody has confirmed is not used, and its fingerprint is told', async () => {
    await using place = await makeSftpPlace();
    const { keyFile, fingerprint } = place.server;
    const backend = await openBackend(place.location, place.access({ keyFile }));
    await expect(backend.list('config')).rejects.toMatchObject({
      code: 'HOST_KEY_UNKNOWN',
      fingerprint,
      message: expect.stringContaining(`ssh-ed25519 key ${fingerprint}`) as string,
    });
  });

  test('with another key than the confirmed one is refused', async () => {
    await using place = await makeSftpPlace();
    const { keyFile, fingerprint } = place.server;
    const meant = `SHA256:${'A'.repeat(43)}`;
    const backend = await openBackend(place.location, place.access({ keyFile, fingerprint: meant }));
    await expect(backend.list('config')).rejects.toMatchObject({
      code: 'HOST_KEY_WRONG',
      message: expect.stringMatching(`${fingerprint.replaceAll(/[+/]/g, '.')}.*${meant}`) as string,
    });
  });

  test('that the account’s SSH knows needs no confirming', async () => {
    await using place = await makeSftpPlace();
    const { keyFile } = place.server;
    await place.workspace.folder('home', '.ssh');
    const known = (await mustRun('cat', [place.workspace.path('ssh', 'known_hosts')])).stdout;
    await writeFile(place.workspace.path('home', '.ssh', 'known_hosts'), known);
    await mustRun('ssh-keygen', ['-Hf', place.workspace.path('home', '.ssh', 'known_hosts')]);
    vi.stubEnv('HOME', place.workspace.home);
    try {
      const backend = await openBackend(place.location, place.access({ keyFile }));
      expect(await backend.list('config')).toEqual([]);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test('lets a key in that a passphrase opens, and says what is wrong with it otherwise', async () => {
    await using place = await makeSftpPlace();
    const { fingerprint } = place.server;
    const keyFile = place.workspace.path('locked');
    await mustRun('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'open sesame', '-f', keyFile]);
    await place.server.admit(`${keyFile}.pub`);
    const key = (await mustRun('cat', [keyFile])).stdout;
    const open = (secrets: Readonly<Record<string, string>>, settings = {}) =>
      openBackend(place.location, place.access({ fingerprint, ...settings }, secrets));
    expect(await (await open({ key, passphrase: 'open sesame' })).list('config')).toEqual([]);
    expect(await (await open({ passphrase: 'open sesame' }, { keyFile })).list('config')).toEqual([]);
    for (const [secrets, words] of [
      [{ key }, 'none was given'],
      [{ key, passphrase: 'wrong' }, 'it is another one'],
      [{ key: 'no key' }, 'no private key'],
    ] as const) {
      const failure: unknown = await (await open(secrets)).list('config').catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'ACCESS_REFUSED', message: expect.stringContaining(words) as string });
      expect(String(failure)).not.toContain('sesame');
    }
  });

  test('lets an agent in that holds the key', async () => {
    await using place = await makeSftpPlace();
    const socket = place.workspace.path('agent');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      await once(agent.stdout, 'data');
      await mustRun('ssh-add', [place.server.keyFile], { env: { SSH_AUTH_SOCK: socket } });
      vi.stubEnv('SSH_AUTH_SOCK', socket);
      const { fingerprint } = place.server;
      const backend = await openBackend(place.location, place.access({ fingerprint, agent: true }));
      expect(await backend.list('config')).toEqual([]);
    } finally {
      vi.unstubAllEnvs();
      agent.kill();
    }
  });

  test('does not let a stranger in', async () => {
    await using place = await makeSftpPlace();
    const keyFile = place.workspace.path('stranger');
    await mustRun('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', keyFile]);
    const { fingerprint } = place.server;
    const backend = await openBackend(place.location, place.access({ fingerprint, keyFile }));
    await expect(backend.list('config')).rejects.toMatchObject({ code: 'ACCESS_REFUSED' });
  });

  test('that cuts its connections loses nothing: they are made anew', async () => {
    await using place = await makeSftpPlace();
    const backend = withRetry(place.backend, { attempts: 8, firstDelayMs: 50 });
    await backend.create();
    const data = Array.from({ length: 6 }, (_, at) => noise(2_000_000, `pack ${at}`));
    const saving = Promise.all(data.map((bytes) => backend.save(packOf(bytes), bytes)));
    for (let cut = 0; cut < 3; cut++) {
      await new Promise((resolve) => setTimeout(resolve, 60));
      place.server.cut();
    }
    await saving;
    place.server.cut();
    for (const bytes of data) expect((await backend.load(packOf(bytes))).equals(bytes)).toBe(true);
    expect(await backend.list('data')).toHaveLength(6);
  });
});

test.each([
  ['password', 'password'],
  ['questions', 'keyboard-interactive'],
] as const)('a server that asks for a password (%s) gets it, and a wrong one is told', async (_how, method) => {
  await using server = await startPasswordServer(method, { user: 'ada', password: 'hunter2' });
  const open = (password: string) =>
    openBackend(`sftp://ada@127.0.0.1:${server.port}//srv`, {
      settings: { fingerprint: server.fingerprint },
      secret: (name) => Promise.resolve(name === 'password' ? password : null),
    });
  // It has let one in, and offers no SFTP.
  await expect((await open('hunter2')).list('config')).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE' });
  expect(server.entered()).toBeGreaterThan(0);
  const before = server.entered();
  const failure: unknown = await (await open('wrong one')).list('config').catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'ACCESS_REFUSED' });
  expect(String(failure)).not.toContain('wrong one');
  expect(server.entered()).toBe(before);
});
