/** Git by SSH, with a server that is one: what goes, and each way it is refused, in words and without a question. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { GitProcess } from '../../../electron/engine/recovery/git/git-process.ts';
import { remoteRefs } from '../../../electron/engine/recovery/git/refs.ts';
import { startSshServer, type SshServer } from '../../support/ssh-server.ts';
import { makeGitScene } from '../../support/git-scene.ts';
import { describePeer } from '../../support/peers.ts';
import { makeUpstream, type Upstream } from '../../support/upstream.ts';

afterEach(() => void vi.unstubAllEnvs());

async function bySsh({ workspace }: Upstream): Promise<SshServer> {
  const server = await startSshServer(workspace);
  vi.stubEnv('PATH', `${server.programs}:${process.env['PATH'] ?? ''}`);
  return server;
}

describePeer('sshd', 'a Git server that is reached by SSH', () => {
  test('is mirrored and followed', async () => {
    await using upstream = await makeUpstream();
    await using ssh = await bySsh(upstream);
    const request = { url: ssh.url(upstream.bare), access: null };
    await upstream.commit('main', { a: '1' });
    expect(await upstream.update(request)).toMatchObject({ refs: 1, head: 'refs/heads/main', problems: [] });
    const two = await upstream.commit('main', { a: '2' });
    expect(await upstream.update(request)).toMatchObject({ changed: true, lost: [], problems: [] });
    expect(await upstream.inMirror('rev-parse', 'main')).toBe(two);
    expect(upstream.server.asked).toEqual([]);
  });

  test('is refused where its key is not known, and where that is another than before', async () => {
    await using upstream = await makeUpstream();
    await using ssh = await bySsh(upstream);
    await upstream.commit('main', { a: '1' });
    const request = { url: ssh.url(upstream.bare), access: null };
    await ssh.trust('nobody');
    await expect(upstream.update(request)).rejects.toMatchObject({
      code: 'GIT_HOST_UNKNOWN',
      message: expect.stringMatching(/127\.0\.0\.1.* could not be mirrored: .*Host key verification failed/) as string,
    });
    await ssh.trust('another');
    const failure = await upstream.update(request).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'GIT_HOST_UNKNOWN',
      message: expect.stringMatching(/Host key for \[127\.0\.0\.1\].* has changed/) as string,
    });
    expect(String(failure)).not.toContain('@@@');
    expect(existsSync(upstream.mirror)).toBe(false);
    await ssh.trust('server');
    expect(await upstream.update(request)).toMatchObject({ problems: [] });
  });

  test('says that a key may not sign in, that there is no such repository, and that it is silent', async () => {
    await using upstream = await makeUpstream();
    await using ssh = await bySsh(upstream);
    const request = { url: ssh.url(upstream.bare), access: null };
    await ssh.configure('PubkeyAuthentication no\n');
    await expect(upstream.update(request)).rejects.toMatchObject({ code: 'GIT_REFUSED' });
    await ssh.configure('');
    const url = ssh.url(upstream.workspace.path('nothing.git'));
    await expect(upstream.update({ ...request, url })).rejects.toMatchObject({ code: 'GIT_NOT_FOUND' });
    ssh.fallSilent();
    await expect(upstream.update(request)).rejects.toMatchObject({ code: 'GIT_UNREACHABLE' });
  });

  test('gets no use of the keys in the agent, whatever the account would let it have', async () => {
    await using upstream = await makeUpstream();
    await using ssh = await bySsh(upstream);
    await upstream.commit('main', { a: '1' });
    const socket = upstream.workspace.path('agent');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    while (!existsSync(socket)) await sleep(10);
    vi.stubEnv('SSH_AUTH_SOCK', socket);
    await ssh.configure('ForwardAgent yes\n');
    await upstream.update({ url: ssh.url(upstream.bare), access: null });
    agent.kill();
    expect(new Set(await ssh.agents())).toEqual(new Set(['none']));
  });

  test('is given a repository back, and refused as a target in the same words', async () => {
    await using scene = await makeGitScene();
    const upstream = await scene.upstream('app');
    await scene.mirror(upstream, 'octo', 'app');
    const snapshot = await scene.protect();
    await using ssh = await startSshServer(scene.hub.workspace);
    vi.stubEnv('PATH', `${ssh.programs}:${process.env['PATH'] ?? ''}`);
    const bare = scene.hub.workspace.path('target.git');
    await scene.git('init', '--quiet', '--bare', '--initial-branch=main', bare);
    const to = { snapshot, paths: ['octo/app'], target: { kind: 'url' as const, url: ssh.url(bare) } };
    for (const whom of ['nobody', 'another'] as const) {
      await ssh.trust(whom);
      const { result } = await scene.restore(to);
      expect(result.issues, whom).toMatchObject([{ code: 'GIT_HOST_UNKNOWN' }]);
      expect(result.issues[0]?.message, whom).toContain('Host key verification failed');
    }
    await ssh.trust('server');
    const restored = await scene.restore(to);
    expect(restored.repositories).toMatchObject([{ state: 'done', verified: { sound: true, otherRefs: [] } }]);
    expect(await scene.refs(bare)).toEqual(await scene.refs(upstream.folder));
    ssh.fallSilent();
    expect((await scene.restore(to)).repositories).toMatchObject([{ state: 'failed' }]);
  });
  test('that signs in and then says nothing is given up, as a target too', async () => {
    await using upstream = await makeUpstream();
    await using ssh = await bySsh(upstream);
    await ssh.answerWith('sleep 600');
    const place = { folder: upstream.bare, signal: new AbortController().signal, silenceMs: 1_000 };
    await expect(remoteRefs(new GitProcess(place), ssh.url(upstream.bare))).rejects.toMatchObject({
      code: 'GIT_TARGET_REFUSED',
      message: 'Git says: fatal: silent for 1 s',
    });
  });
});
