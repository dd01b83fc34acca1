import { expect, test } from 'vitest';
import { makeGitHistory, type GitHistory, type HistoryOptions } from '../../support/git-history.ts';
import { describePeer } from '../../support/peers.ts';
import { makeHubPlace } from '../../support/sandbox-github.ts';
import { makeWorkspace, type Workspace } from '../../support/workspace.ts';

const made = (workspace: Workspace, name: string, options?: HistoryOptions): Promise<GitHistory> =>
  makeGitHistory(workspace.path(name), options);

describePeer('git', 'a made-up history', () => {
  test('is the same for the same seed, whatever happens to it later', async () => {
    await using workspace = await makeWorkspace();
    const histories = [
      await made(workspace, 'one', { seed: 7 }),
      await made(workspace, 'same', { seed: 7 }),
      await made(workspace, 'other', { seed: 8 }),
    ];
    for (const history of histories) {
      await history.grow(5);
      await history.rewrite();
      await history.renameDefaultBranch('trunk');
    }
    const [one, same, other] = await Promise.all(histories.map((history) => history.refs()));
    expect(one).toEqual(same);
    expect(one?.get('refs/heads/trunk')).not.toBe(other?.get('refs/heads/trunk'));
    expect(one?.has('refs/heads/main')).toBe(false);
    expect(await histories[0]?.git(['symbolic-ref', 'HEAD'])).toBe('refs/heads/trunk');
  });

  test('has all that a real one may have, and is sound', async () => {
    await using workspace = await makeWorkspace();
    const { git, refs } = await made(workspace, 'history');
    await git(['fsck', '--strict', '--full']);
    const count = async (...args: string[]): Promise<number> => Number(await git(['rev-list', '--count', ...args]));
    expect(await count('main')).toBeGreaterThan(300);
    expect(await count('--merges', 'main')).toBeGreaterThan(10);
    expect(await count('--min-parents=3', 'main')).toBeGreaterThan(0);
    expect(await git(['cat-file', 'commit', 'signed'])).toMatch(/^gpgsig -----BEGIN PGP SIGNATURE-----$/m);
    expect(await git(['cat-file', 'tag', 'v2'])).toContain('BEGIN PGP SIGNATURE');
    expect(await git(['cat-file', 'tag', 'v2-again'])).toMatch(/^type tag$/m);
    expect(await git(['cat-file', '-t', 'a-blob'])).toBe('blob');
    expect(await git(['notes', 'list'])).toMatch(/^\S+ \S+\n\S+ \S+$/);
    expect(await git(['ls-tree', 'main', 'lib'])).toMatch(/^160000 commit /);
    expect(await git(['ls-tree', '-r', 'main', 'caf\\351'])).toBe('');
    expect(await git(['ls-tree', '-r', '--name-only', 'main'])).toContain(String.raw`"caf\351/not-utf-8-\377.txt"`);
    const raw = await git(['log', '--encoding=none', '--format=%e|%s', 'main']);
    expect(raw).toContain('ISO-8859-1|');
    expect(raw).toMatch(/^\|\uFFFDnderung/m);
    expect((await refs()).has('refs/heads/Grüße')).toBe(true);
  });

  test('can have thousands of commits and refs, or none', async () => {
    await using workspace = await makeWorkspace();
    const large = await made(workspace, 'large', { commits: 5000, refs: 2000 });
    expect(Number(await large.git(['rev-list', '--count', '--all']))).toBeGreaterThan(5000);
    expect((await large.refs()).size).toBeGreaterThan(2000);
    const empty = await made(workspace, 'empty', { commits: 0, defaultBranch: 'trunk' });
    expect((await empty.refs()).size).toBe(0);
    expect(await empty.git(['symbolic-ref', 'HEAD'])).toBe('refs/heads/trunk');
  });

  test('goes through the sandboxed GitHub and back without a change', async () => {
    await using place = await makeHubPlace();
    const { github, workspace } = place;
    github.createOwner('acme');
    const history = await made(workspace, 'history', { commits: 1000, refs: 2000, defaultBranch: 'trunk' });
    const repository = github.createRepository('acme', 'tools', { private: true });
    const token = github.addToken();
    const push = ['push', '--quiet', repository.cloneUrl, 'refs/*:refs/*'];
    await place.mustGit(push, { cwd: history.path, token });
    await place.mustGit(['clone', '--quiet', '--mirror', repository.cloneUrl, 'mirror'], { token });
    const mirrored = await place.mustGit(['-C', 'mirror', 'for-each-ref', '--format=%(refname) %(objectname)']);
    const refs = new Map(mirrored.split('\n').map((line) => line.split(' ') as [string, string]));
    expect(refs).toEqual(await history.refs());
    await place.mustGit(['-C', 'mirror', 'fsck', '--full']);
    // A fetch that says of two thousand refs what it has is sent compressed.
    await history.grow(20);
    await place.mustGit(push, { cwd: history.path, token });
    await place.mustGit(['-C', 'mirror', 'fetch', '--quiet'], { token });
    expect(await place.mustGit(['-C', 'mirror', 'rev-parse', 'trunk'])).toBe(await history.git(['rev-parse', 'trunk']));
  });
});
