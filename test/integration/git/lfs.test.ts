/** Large files that a repository keeps with Git LFS, fetched by git-lfs itself. */
import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import type { MirrorProgress } from '../../../electron/engine/sources/git/progress.ts';
import { verifyMirror } from '../../../electron/engine/sources/git/verify.ts';
import { startGitServer } from '../../support/git-server.ts';
import { mustRun } from '../../support/processes.ts';
import { makeUpstream, type Upstream } from '../../support/upstream.ts';

afterEach(() => void vi.unstubAllEnvs());

const attributes = '*.bin filter=lfs diff=lfs merge=lfs -text\n';

function largeFilesIn({ mirror }: Upstream): readonly string[] {
  const objects = join(mirror, 'lfs', 'objects');
  const found = readdirSync(objects, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return found.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8')).toSorted();
}

test('all large files come, those of earlier commits and of other branches too', async () => {
  await using upstream = await makeUpstream();
  const { largeFiles } = upstream.server;
  await upstream.commit('main', { README: 'small' });
  const one = await upstream.commit('media', { '.gitattributes': attributes, 'a.bin': largeFiles.add('first') });
  await upstream.commit('media', { 'a.bin': largeFiles.add('second') });
  expect((await upstream.update()).problems).toEqual([]);
  expect(largeFilesIn(upstream)).toEqual(['first', 'second']);
  await upstream.update();
  expect(largeFiles.fetched).toHaveLength(2);
  // What the server loses stays, with its large files.
  await upstream.commit('media', { 'b.bin': largeFiles.add('third') }, one);
  expect(await upstream.update()).toMatchObject({ problems: [], lost: [{ kind: 'forced' }] });
  expect(largeFilesIn(upstream)).toEqual(['first', 'second', 'third']);
  const config = readFileSync(join(upstream.mirror, 'config'), 'utf8');
  expect(config).not.toMatch(/lfs|remote|http/);
});

test('attributes in a folder of the default branch count', async () => {
  await using upstream = await makeUpstream();
  const pointer = upstream.server.largeFiles.add('deep');
  await upstream.commit('main', { 'media/.gitattributes': attributes, 'media/a.bin': pointer });
  await upstream.update();
  expect(largeFilesIn(upstream)).toEqual(['deep']);
});

test('a large file that the server has lost leaves the mirror partial, in each run until it is there', async () => {
  await using upstream = await makeUpstream();
  const { largeFiles } = upstream.server;
  const files = { '.gitattributes': attributes, 'a.bin': largeFiles.add('kept'), 'b.bin': largeFiles.add('lost') };
  // A repository that asks for failures to be passed over is not heard.
  await upstream.commit('main', { ...files, '.lfsconfig': '[lfs]\n\tskipdownloaderrors = true\n' });
  largeFiles.lose('lost');
  for (const run of ['first', 'second']) {
    const { problems } = await upstream.update();
    expect(problems, run).toMatchObject([{ code: 'GIT_LFS_INCOMPLETE' }]);
  }
  expect(largeFilesIn(upstream)).toEqual(['kept']);
  largeFiles.add('lost');
  expect((await upstream.update()).problems).toEqual([]);
  expect(largeFilesIn(upstream)).toEqual(['kept', 'lost']);
});

test('without git-lfs the mirror is partial, and the rest of it is there', async () => {
  await using upstream = await makeUpstream();
  const path = await upstream.workspace.folder('programs');
  symlinkSync((await mustRun('which', ['git'])).stdout.trim(), join(path, 'git'));
  await upstream.commit('main', { '.gitattributes': attributes, 'a.bin': upstream.server.largeFiles.add('large') });
  vi.stubEnv('PATH', path);
  const outcome = await upstream.update();
  vi.unstubAllEnvs();
  expect(outcome.problems).toMatchObject([{ code: 'GIT_LFS_MISSING' }]);
  expect(await upstream.inMirror('cat-file', '-t', 'main')).toBe('commit');
  expect((await upstream.update()).problems).toEqual([]);
});

test('a repository that names another server for its large files does not send us there', async () => {
  await using upstream = await makeUpstream();
  await using elsewhere = await startGitServer({ root: await upstream.workspace.folder('elsewhere') });
  const pointer = upstream.server.largeFiles.add('large');
  const lfsconfig = `[lfs]\n\turl = ${elsewhere.url('steal/info/lfs')}\n\tfetchexclude = *\n[remote "origin"]\n\tlfsurl = ${elsewhere.base}\n`;
  await upstream.commit('main', { '.gitattributes': attributes, 'a.bin': pointer, '.lfsconfig': lfsconfig });
  expect((await upstream.update()).problems).toEqual([]);
  expect(elsewhere.asked).toEqual([]);
  expect(largeFilesIn(upstream)).toEqual(['large']);
});

test('a server that leads on to another host for large files does not hand it the token', async () => {
  await using upstream = await makeUpstream();
  await using elsewhere = await startGitServer({ root: await upstream.workspace.folder('elsewhere') });
  await upstream.commit('main', { '.gitattributes': attributes, 'a.bin': upstream.server.largeFiles.add('large') });
  upstream.server.fail((request, response) => {
    if (request.url?.includes('/info/lfs/') !== true) return false;
    response.writeHead(307, { location: elsewhere.url(request.url.slice(1)) }).end();
    return true;
  });
  expect((await upstream.update()).problems).toMatchObject([{ code: 'GIT_LFS_INCOMPLETE' }]);
  expect(elsewhere.asked.filter(({ authorization }) => authorization !== null)).toEqual([]);
});

test('a damaged large file is found by a full check alone', async () => {
  await using upstream = await makeUpstream();
  await upstream.commit('main', { '.gitattributes': attributes, 'a.bin': upstream.server.largeFiles.add('large') });
  await upstream.update();
  const { signal } = new AbortController();
  expect(await verifyMirror(upstream.mirror, { full: true, signal })).toEqual({ ok: true, problems: [] });
  const objects = join(upstream.mirror, 'lfs', 'objects');
  const [file] = readdirSync(objects, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  await mustRun('sh', [
    '-c',
    'chmod u+w "$0" && printf damaged > "$0"',
    join(file?.parentPath ?? '', file?.name ?? ''),
  ]);
  expect(await verifyMirror(upstream.mirror, { full: false, signal })).toMatchObject({ ok: true });
  expect(await verifyMirror(upstream.mirror, { full: true, signal })).toMatchObject({ ok: false });
});

test('a large file that takes long is seen to come, so that it is not taken for silence', async () => {
  await using upstream = await makeUpstream();
  const content = 'x'.repeat(10_000);
  await upstream.commit('main', { '.gitattributes': attributes, 'a.bin': upstream.server.largeFiles.add(content) });
  const progress: MirrorProgress[] = [];
  const isSeen = (): boolean =>
    progress.some(({ phase, bytes }) => phase === 'Receiving large files' && bytes !== null && bytes > 0);
  upstream.server.fail((request, response) => {
    if (request.url?.startsWith('/large-files/') !== true) return false;
    response.writeHead(200, { 'content-length': String(content.length) });
    // All but a little comes once that little has been told.
    let sent = 0;
    const dripping = setInterval(() => {
      const part = isSeen() ? content.length - sent : 10;
      response.write(content.slice(sent, sent + part));
      sent += part;
      if (sent >= content.length) response.end();
    }, 100);
    response.once('close', () => clearInterval(dripping));
    return true;
  });
  expect((await upstream.update({ onProgress: (state) => void progress.push(state) })).problems).toEqual([]);
  expect(isSeen()).toBe(true);
  expect(largeFilesIn(upstream)).toEqual([content]);
});
