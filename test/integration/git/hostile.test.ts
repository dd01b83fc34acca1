/** Servers and repositories that mean harm: nothing of theirs runs, and what they do is said clearly. */
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lying } from '../../support/git-wire.ts';
import { git, makeUpstream, type Upstream } from '../../support/upstream.ts';

const id = '1'.repeat(40);

/** Names that no file of a ref could have stand in the packed list. */
function addPackedRefs({ bare }: Upstream, refs: readonly string[]): void {
  const lines = refs.toSorted((a, b) => (a.slice(41) < b.slice(41) ? -1 : 1)).map((ref) => `${ref}\n`);
  writeFileSync(
    join(bare, 'packed-refs'),
    `# pack-refs with: peeled fully-peeled sorted \n${lines.join('')}`,
    'latin1',
  );
}

test('addresses that run programs or read this machine are refused, and nothing is started', async () => {
  await using upstream = await makeUpstream();
  const hacked = upstream.workspace.path('hacked');
  await upstream.commit('main', { a: '1' });
  for (const url of [
    `ext::sh -c "touch ${hacked}"`,
    `file://${upstream.bare}`,
    upstream.bare,
    `--upload-pack=touch ${hacked}`,
    `ssh://-oProxyCommand=touch ${hacked}/a`,
  ]) {
    await expect(upstream.update({ url }), url).rejects.toMatchObject({ code: 'GIT_URL_REFUSED' });
  }
  expect(existsSync(hacked)).toBe(false);
  expect(existsSync(upstream.mirror)).toBe(false);
});

test('what somebody has put into a mirror, to be run by Git, is not run', async () => {
  await using upstream = await makeUpstream();
  await upstream.commit('main', { a: '1' });
  await upstream.update();
  const hacked = upstream.workspace.path('hacked');
  const { mirror } = upstream;
  const run = `!touch ${hacked}`;
  appendFileSync(
    join(mirror, 'config'),
    `[core]\n\talternateRefsCommand = touch ${hacked}; true\n\thooksPath = ${mirror}/hooks\n\tfsmonitor = touch ${hacked}\n` +
      `[credential]\n\thelper = ${run}\n[url "ext::sh -c 'touch ${hacked}' "]\n\tinsteadOf = http://\n`,
  );
  writeFileSync(join(mirror, 'objects', 'info', 'alternates'), `${upstream.bare}/objects\n`, { flag: 'w' });
  mkdirSync(join(mirror, 'hooks'));
  for (const hook of ['reference-transaction', 'pre-auto-gc', 'post-update']) {
    writeFileSync(join(mirror, 'hooks', hook), `#!/bin/sh\ntouch ${hacked}\n`, { mode: 0o755 });
  }
  await upstream.commit('main', { a: '2' });
  expect(await upstream.update()).toMatchObject({ changed: true, problems: [] });
  expect(existsSync(hacked)).toBe(false);
  expect(existsSync(join(mirror, 'objects', 'info', 'alternates'))).toBe(false);
  expect(readFileSync(join(mirror, 'config'), 'utf8')).not.toContain(hacked);
});

test('a submodule is recorded, and nobody goes there', async () => {
  await using upstream = await makeUpstream();
  const other = upstream.server.url('team/other.git');
  await upstream.commit('main', { '.gitmodules': `[submodule "other"]\n\tpath = other\n\turl = ${other}\n` });
  const index = upstream.workspace.path('index');
  await git(upstream.bare, ['--work-tree', upstream.workspace.root, 'read-tree', `--index-output=${index}`, 'main']);
  const tree = await git(
    upstream.bare,
    ['mktree'],
    `${await upstream.git('ls-tree', 'main')}\n160000 commit ${id}\tother\n`,
  );
  const commit = await upstream.git('commit-tree', '-m', 'submodule', '-p', 'main', tree);
  await upstream.git('update-ref', 'refs/heads/main', commit);
  expect(await upstream.update()).toMatchObject({ problems: [] });
  expect(await upstream.inMirror('ls-tree', 'main', 'other')).toContain(`160000 commit ${id}`);
  expect(upstream.server.asked.filter(({ url }) => url.includes('other'))).toEqual([]);
});

const evil: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'a .gitmodules whose address is an option': { '.gitmodules': '[submodule "x"]\n\tpath = x\n\turl = -u./payload\n' },
  'a .gitmodules whose name leads out': { '.gitmodules': '[submodule "../../x"]\n\tpath = x\n\turl = ./y\n' },
};

test.each(Object.entries(evil))('%s is not taken', async (_what, files) => {
  await using upstream = await makeUpstream();
  await upstream.commit('main', files);
  await expect(upstream.update()).rejects.toMatchObject({ code: 'GIT_REPOSITORY_DAMAGED' });
  expect(existsSync(upstream.mirror)).toBe(false);
});

test('a tree with a .git of its own, or with a way out, is not taken, and the mirror stays as it was', async () => {
  await using upstream = await makeUpstream();
  const one = await upstream.commit('main', { a: '1' });
  await upstream.update();
  const blob = await git(upstream.bare, ['hash-object', '-w', '--stdin'], 'x');
  for (const name of ['.git', '..', '.GIT', 'git~1']) {
    const entry = Buffer.concat([Buffer.from(`100644 ${name}\0`), Buffer.from(blob, 'hex')]);
    const tree = await git(upstream.bare, ['hash-object', '-w', '-t', 'tree', '--literally', '--stdin'], entry);
    const commit = await upstream.git('commit-tree', '-m', name, tree);
    await upstream.git('update-ref', 'refs/heads/main', commit);
    await expect(upstream.update(), name).rejects.toMatchObject({ code: 'GIT_REPOSITORY_DAMAGED' });
  }
  expect(await upstream.inMirror('rev-parse', 'main')).toBe(one);
});

test('faults of old programs, which do no harm, do not keep a repository out', async () => {
  await using upstream = await makeUpstream();
  const blob = await git(upstream.bare, ['hash-object', '-w', '--stdin'], 'x');
  const sub = await git(upstream.bare, ['mktree'], `100644 blob ${blob}\ta\n`);
  const entry = Buffer.concat([Buffer.from('040000 folder\0'), Buffer.from(sub, 'hex')]);
  const tree = await git(upstream.bare, ['hash-object', '-w', '-t', 'tree', '--literally', '--stdin'], entry);
  const text = `tree ${tree}\nauthor A <a@example.org> 1700000000 +051800\ncommitter C<c@example.org> 1700000000 +0000\n\nold\n`;
  const commit = await git(upstream.bare, ['hash-object', '-w', '-t', 'commit', '--literally', '--stdin'], text);
  await upstream.git('update-ref', 'refs/heads/main', commit);
  expect((await upstream.update()).problems).toEqual([]);
  await upstream.commit('main', { b: '1' });
  expect((await upstream.update()).problems).toEqual([]);
});

test('a pack that is none is refused', async () => {
  await using upstream = await makeUpstream();
  const refs = [`${id} HEAD symref-target:refs/heads/main`, `${id} refs/heads/main`];
  const head = Buffer.from('PACK\0\0\0\u0002\0\0\0\u0001', 'latin1');
  for (const pack of [Buffer.from('no pack'), head, Buffer.concat([head, Buffer.alloc(200, 0xff)])]) {
    upstream.server.fail(lying({ refs, pack }));
    await expect(upstream.update()).rejects.toMatchObject({ code: 'GIT_REPOSITORY_DAMAGED' });
    expect(existsSync(upstream.mirror)).toBe(false);
  }
  upstream.server.fail(null);
  const one = await upstream.commit('main', { a: '1' });
  await upstream.update();
  upstream.server.fail(lying({ refs, pack: head }));
  await expect(upstream.update()).rejects.toMatchObject({ code: 'GIT_REPOSITORY_DAMAGED' });
  expect(await upstream.inMirror('rev-parse', 'main')).toBe(one);
});

test('names that lead out of the mirror are no refs', async () => {
  await using upstream = await makeUpstream();
  const one = await upstream.commit('main', { a: '1' });
  await upstream.update();
  const names = [
    'refs/heads/../../config',
    'refs/heads/x.lock',
    'refs/heads/-x',
    'HEAD',
    'config',
    'refs/holdfast/lost/9/x',
  ];
  upstream.server.fail(lying({ refs: [`${one} refs/heads/main`, ...names.map((name) => `${one} ${name}`)] }));
  const outcome = await upstream.update().catch((error: unknown) => error);
  expect(outcome).toMatchObject({ problems: [{ code: 'GIT_REF_SKIPPED' }, { code: 'GIT_REF_SKIPPED' }] });
  expect(readFileSync(join(upstream.mirror, 'config'), 'utf8')).toContain('bare = true');
  const refs = await upstream.inMirror('for-each-ref', '--format=%(refname)');
  expect(refs.split('\n')).toEqual(['refs/heads/-x', 'refs/heads/main']);
});

test('names of any bytes are kept, listed and followed', async () => {
  await using upstream = await makeUpstream();
  const one = await upstream.commit('main', { a: '1' });
  const names = ['refs/heads/gr\u00f6\u00dfe', 'refs/heads/\u00ff\u00fe', 'refs/tags/\u00e2\u0082\u00ac'];
  addPackedRefs(
    upstream,
    names.map((name) => `${one} ${name}`),
  );
  await upstream.update();
  const two = await upstream.commit('main', { a: '2' });
  addPackedRefs(
    upstream,
    names.map((name) => `${two} ${name}`),
  );
  writeFileSync(join(upstream.bare, 'HEAD'), `ref: ${names[1]}\n`, 'latin1');
  expect(await upstream.update()).toMatchObject({ refs: 4, head: 'refs/heads/\\xff\\xfe', problems: [] });
  expect(JSON.parse(readFileSync(join(upstream.meta, 'refs.json'), 'utf8'))).toMatchObject({
    refs: [
      ['refs/heads/gr\\xf6\\xdfe', two],
      ['refs/heads/main', two],
      ['refs/heads/\\xff\\xfe', two],
      ['refs/tags/€', two],
    ],
  });
  expect(await upstream.inMirror('rev-parse', 'HEAD')).toBe(two);
  addPackedRefs(upstream, []);
  expect((await upstream.update()).lost.map(({ ref }) => ref)).toEqual([
    'refs/heads/gr\\xf6\\xdfe',
    'refs/heads/\\xff\\xfe',
    'refs/tags/€',
  ]);
});

test('a ref whose name no file can have is named as missing, and the others are followed', async () => {
  await using upstream = await makeUpstream();
  const one = await upstream.commit('main', { a: '1' });
  const long = [`${one} refs/heads/${'x'.repeat(300)}`, `${one} refs/tags/${'y/'.repeat(3_000)}z`];
  addPackedRefs(upstream, long);
  const problems = [{ code: 'GIT_REF_SKIPPED' }, { code: 'GIT_REF_SKIPPED' }];
  expect(await upstream.update()).toMatchObject({ problems });
  const two = await upstream.commit('main', { a: '2' });
  addPackedRefs(
    upstream,
    long.map((ref) => ref.replace(one, two)),
  );
  expect(await upstream.update()).toMatchObject({ problems, lost: [] });
  expect(await upstream.inMirror('rev-parse', 'main')).toBe(two);
});

test('two refs that cannot stand beside each other are refused', async () => {
  await using upstream = await makeUpstream();
  const one = await upstream.commit('main', { a: '1' });
  addPackedRefs(upstream, [`${one} refs/heads/a`, `${one} refs/heads/a/b`]);
  await expect(upstream.update()).rejects.toMatchObject({ code: expect.stringMatching(/^GIT_/) as string });
  expect(existsSync(upstream.mirror)).toBe(false);
});

test('two thousand refs are mirrored and followed', async () => {
  await using upstream = await makeUpstream();
  const one = await upstream.commit('main', { a: '1' });
  const names = Array.from({ length: 2_000 }, (_, index) => `refs/heads/branch/${index}`);
  addPackedRefs(
    upstream,
    names.map((name) => `${one} ${name}`),
  );
  expect((await upstream.update()).refs).toBe(2_001);
  const two = await upstream.commit('main', { a: '2' });
  addPackedRefs(
    upstream,
    names.map((name) => `${two} ${name}`),
  );
  expect(await upstream.update()).toMatchObject({ refs: 2_001, lost: [] });
  expect(
    readdirSync(join(upstream.mirror, 'refs'), { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    ),
  ).toEqual([]);
});

test('more refs than any honest repository has are refused', async () => {
  await using upstream = await makeUpstream();
  const one = await upstream.commit('main', { a: '1' });
  function* endless(): Generator<string> {
    for (let index = 0; index < 500_001; index += 1) yield `${one} refs/tags/${index}`;
  }
  await upstream.update();
  upstream.server.fail(lying({ refs: endless() }));
  await expect(upstream.update()).rejects.toMatchObject({ code: 'GIT_TOO_MANY_REFS' });
  expect(await upstream.inMirror('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
});

test('what a server says is shown without what could steer a terminal', async () => {
  await using upstream = await makeUpstream();
  upstream.server.fail((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' });
    const said = 'ERR \u001b[2J\u001b]0;owned\u0007 no';
    response.end(`001e# service=git-upload-pack\n0000${(said.length + 4).toString(16).padStart(4, '0')}${said}`);
    return true;
  });
  const failure: unknown = await upstream.update().catch((error: unknown) => error);
  // oxlint-disable-next-line no-control-regex -- that is what is looked for
  expect(String(failure)).not.toMatch(/[\u0000-\u001f]/);
  expect(String(failure)).toContain('owned');
});
