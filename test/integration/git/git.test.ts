/** How Git is run: real Git, in folders that are made for it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Git, GitFailure } from '../../../electron/engine/sources/git/git.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-git-'));
const access = { base: 'http://127.0.0.1:9/', user: 'x-access-token', secret: 'a-very-secret-token' };

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a command that fails without a word is a failure, and an answer where it is asked as one', async () => {
  const git = new Git({ folder: tmpdir(), signal: new AbortController().signal });
  await git.run('init', '--bare', '--template=', folder);
  const mirror = new Git({ folder, signal: new AbortController().signal });
  await expect(mirror.run('show-ref')).rejects.toThrow(GitFailure);
  expect(await mirror.ask('show-ref')).toBeNull();
});

test('nothing but protocols that reach a server is spoken, and no secret is in what is said of it', async () => {
  const git = new Git({ folder: tmpdir(), signal: new AbortController().signal, access });
  await expect(git.run('ls-remote', 'ext::sh -c "touch hacked"')).rejects.toThrow("transport 'ext' not allowed");
  await expect(git.run('ls-remote', `file://${folder}`)).rejects.toThrow("transport 'file' not allowed");
  const failure: unknown = await git
    .run('ls-remote', `${access.base}${access.secret}.git`)
    .catch((error: unknown) => error);
  expect(String(failure)).toContain('[removed]');
  expect(String(failure)).not.toContain(access.secret);
});
