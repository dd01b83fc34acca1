/** Repositories in a snapshot that would make Git run a program, read elsewhere or write elsewhere: nothing of it happens. */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeGitScene, type GitScene } from '../../support/git-scene.ts';

/** A mirror that somebody who may write to the mirrors, or to the repository of Holdfast, has prepared. */
async function prepared(scene: GitScene, prepare: (bare: string, trap: string) => void | Promise<void>) {
  const upstream = await scene.upstream('app');
  await upstream.commit('one', '1\n');
  const bare = await scene.mirror(upstream, 'octo', 'app');
  const mark = scene.hub.workspace.path('executed');
  const trap = scene.hub.workspace.path('trap.sh');
  writeFileSync(trap, `#!/bin/sh\necho "$0 $@" >> ${mark}\n`);
  chmodSync(trap, 0o755);
  await prepare(bare, trap);
  const snapshot = await scene.protect();
  return { upstream, bare, mark, snapshot, before: await scene.refs(upstream.folder) };
}

/** Every way there is: read, pushed, bundled, made bare and checked out. */
async function everyWay(scene: GitScene, snapshot: string) {
  const { workspace, github } = scene.hub;
  const { client } = scene.connected;
  const at = { repository: scene.access, snapshot, path: 'octo/app', at: 'main' };
  await client.git.commits(at);
  await client.git.tree(at);
  await client.git.file({ ...at, file: 'one' });
  const url = github.createRepository('target', 'app').cloneUrl;
  const restored = [
    await scene.restore({
      snapshot,
      paths: ['octo/app'],
      target: { kind: 'url', url },
      access: { token: scene.token },
    }),
  ];
  for (const kind of ['bare', 'checkout', 'bundle'] as const) {
    restored.push(
      await scene.restore({ snapshot, paths: ['octo/app'], target: { kind, path: workspace.path('out', kind) } }),
    );
  }
  return { restored, url, out: (kind: string) => workspace.path('out', kind) };
}

test('hooks, and configuration that names programs or other files, are not taken over and execute nothing', async () => {
  await using scene = await makeGitScene();
  const { snapshot, bare, mark, before } = await prepared(scene, (mirror, trap) => {
    mkdirSync(join(mirror, 'hooks'));
    for (const hook of [
      'pre-push',
      'post-checkout',
      'reference-transaction',
      'post-index-change',
      'pre-receive',
      'update',
    ]) {
      symlinkSync(trap, join(mirror, 'hooks', hook));
    }
    const included = join(mirror, 'more');
    writeFileSync(included, `[core]\n\tpager = ${trap}\n\taskpass = ${trap}\n`);
    writeFileSync(
      join(mirror, 'config'),
      [
        '[core]\n\tbare = true',
        `\tfsmonitor = ${trap}\n\tsshCommand = ${trap}\n\tgitProxy = ${trap}\n\thooksPath = ${mirror}/hooks\n\teditor = ${trap}`,
        `[include]\n\tpath = ${included}`,
        `[credential]\n\thelper = !${trap}`,
        `[filter "lfs"]\n\tsmudge = ${trap}\n\tclean = ${trap}\n\tprocess = ${trap}`,
        `[diff]\n\texternal = ${trap}`,
        `[log]\n\tshowSignature = true`,
        `[gpg]\n\tprogram = ${trap}`,
        `[lfs "customtransfer.x"]\n\tpath = ${trap}`,
        `[lfs]\n\tstandalonetransferagent = x`,
        `[url "file:///"]\n\tinsteadOf = http://`,
        `[uploadpack]\n\tpackObjectsHook = ${trap}`,
        `[alias]\n\tlog = !${trap}`,
      ].join('\n'),
    );
    mkdirSync(join(mirror, 'info'), { recursive: true });
    writeFileSync(join(mirror, 'info', 'attributes'), '* filter=lfs diff=x\n');
  });
  // Git itself runs them where they lie: it is not the trap that does not work.
  await scene.hub.git(['-C', bare, 'hook', 'run', 'pre-push']);
  await scene.hub.git(['-C', bare, 'log']);
  expect(readFileSync(mark, 'utf8')).toContain('pre-push');
  rmSync(mark);
  const { restored, url, out } = await everyWay(scene, snapshot);
  expect(restored.map(({ result }) => result.issues)).toEqual([[], [], [], []]);
  expect(await scene.refs(url)).toEqual(before);
  expect(existsSync(mark)).toBe(false);
  for (const [folder, kind] of [
    [out('bare'), 'bare'],
    [join(out('checkout'), '.git'), 'checkout'],
  ] as const) {
    expect(existsSync(join(folder, 'hooks'))).toBe(false);
    expect(existsSync(join(folder, 'info', 'attributes'))).toBe(false);
    expect(readFileSync(join(folder, 'config'), 'utf8')).toBe(
      `[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = ${kind === 'bare'}\n`,
    );
  }
});

const refused: Readonly<Record<string, (bare: string) => void>> = {
  'objects-of-another-place': (bare) => {
    mkdirSync(join(bare, 'objects', 'info'), { recursive: true });
    writeFileSync(join(bare, 'objects', 'info', 'alternates'), '/etc\n');
  },
  'objects-of-another-server': (bare) => {
    mkdirSync(join(bare, 'objects', 'info'), { recursive: true });
    writeFileSync(join(bare, 'objects', 'info', 'http-alternates'), 'http://127.0.0.1:1/\n');
  },
  'a-link-in-place-of-refs': (bare) => {
    rmSync(join(bare, 'refs'), { recursive: true });
    symlinkSync('/etc', join(bare, 'refs'));
  },
  'a-link-in-place-of-an-object': (bare) => {
    mkdirSync(join(bare, 'objects', 'ab'), { recursive: true });
    symlinkSync('/etc/passwd', join(bare, 'objects', 'ab', 'c'.repeat(38)));
  },
  'a-link-in-place-of-HEAD': (bare) => {
    rmSync(join(bare, 'HEAD'));
    symlinkSync('/etc/passwd', join(bare, 'HEAD'));
  },
  'half-of-its-history': (bare) => writeFileSync(join(bare, 'shallow'), `${'a'.repeat(40)}\n`),
  'no-objects': (bare) => rmSync(join(bare, 'objects'), { recursive: true }),
};

test('a repository that borrows, links or lacks what it is made of is refused and named, and the others are restored', async () => {
  await using scene = await makeGitScene();
  const upstream = await scene.upstream('app');
  for (const [name, prepare] of Object.entries(refused)) prepare(await scene.mirror(upstream, 'octo', name));
  await scene.mirror(upstream, 'octo', 'sound');
  const snapshot = await scene.protect();
  const path = scene.hub.workspace.path('out');
  const restored = await scene.restore({ snapshot, paths: null, target: { kind: 'bare', path } });
  const states = Object.fromEntries(
    restored.repositories.map(({ name, state }) => [name.slice('octo/'.length), state]),
  );
  expect(states).toEqual({
    ...Object.fromEntries(Object.keys(refused).map((name) => [name, 'failed'])),
    sound: 'done',
  });
  expect(new Set(restored.result.issues.map(({ code }) => code))).toEqual(new Set(['GIT_REPOSITORY_INVALID']));
  expect(readdirSync(join(path, 'octo'))).toEqual(['sound.git']);
  const at = { repository: scene.access, snapshot, at: 'main' };
  for (const name of Object.keys(refused)) {
    await expect(scene.connected.client.git.commits({ ...at, path: `octo/${name}` })).rejects.toThrow('cannot be used');
  }
});

test('refs that would be paths or options are refused as a list of refs', async () => {
  await using scene = await makeGitScene();
  const { snapshot } = await prepared(scene, (bare) => {
    const refs = [['refs/heads/../../../config', 'a'.repeat(40)]];
    writeFileSync(
      bare.replace(/\.git$/, '.meta/refs.json'),
      JSON.stringify({ version: 1, head: '--upload-pack=x', refs }),
    );
  });
  const path = scene.hub.workspace.path('out.git');
  const restored = await scene.restore({ snapshot, paths: ['octo/app'], target: { kind: 'bare', path } });
  expect(restored.result.issues).toMatchObject([{ code: 'GIT_REPOSITORY_INVALID' }]);
});

test('a name that is no plain one becomes no path and no address', async () => {
  await using scene = await makeGitScene();
  const upstream = await scene.upstream('app');
  await scene.mirror(upstream, 'octo', '..x y');
  await scene.mirror(upstream, 'octo', 'plain');
  const snapshot = await scene.protect();
  const path = scene.hub.workspace.path('out');
  const restored = await scene.restore({ snapshot, paths: null, target: { kind: 'bare', path } });
  expect(restored.repositories.map(({ name, state }) => [name, state])).toEqual([
    ['octo/..x y', 'failed'],
    ['octo/plain', 'done'],
  ]);
  expect(existsSync(join(path, 'octo', 'plain.git'))).toBe(true);
});

test('what a repository itself says of where its large files go is not followed', async () => {
  await using scene = await makeGitScene();
  const foreign: string[] = [];
  const server = createServer((request, response) => {
    foreign.push(`${request.method} ${request.url}`);
    response.writeHead(500).end();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  const upstream = await scene.upstream('large');
  await upstream.git('lfs', 'install', '--local');
  await upstream.git('lfs', 'track', '*.bin');
  writeFileSync(join(upstream.folder, '.lfsconfig'), `[lfs]\n\turl = http://127.0.0.1:${port}/x\n`);
  await upstream.commit('large.bin', 'large content');
  const bare = await scene.mirror(upstream, 'octo', 'large');
  cpSync(join(upstream.folder, '.git', 'lfs', 'objects'), join(bare, 'lfs', 'objects'), { recursive: true });
  const snapshot = await scene.protect();
  const url = scene.hub.github.createRepository('target', 'large').cloneUrl;
  foreign.length = 0;
  const restored = await scene.restore({
    snapshot,
    paths: ['octo/large'],
    target: { kind: 'url', url },
    access: { token: scene.token },
  });
  expect(restored.repositories).toMatchObject([{ state: 'done', lfsObjects: 1 }]);
  expect(foreign).toEqual([]);
  const clone = scene.hub.workspace.path('clone');
  await scene.hub.mustGit(['clone', '--quiet', url, clone], { token: scene.token });
  await scene.hub.mustGit(['config', '--local', 'lfs.url', `${url}/info/lfs`], { cwd: clone });
  await scene.hub.mustGit(['lfs', 'install', '--local'], { cwd: clone });
  await scene.hub.mustGit(['lfs', 'pull'], { cwd: clone, token: scene.token });
  expect(readFileSync(join(clone, 'large.bin'), 'utf8')).toBe('large content');
  server.close();
});
