import { createHash, randomBytes } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describePeer } from '../../support/peers.ts';
import { makeHubPlace, pushCommit, type HubPlace } from '../../support/sandbox-github.ts';

const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** A working repository with a file that Git LFS keeps, which is not pushed yet. */
async function withLargeFile(place: HubPlace, url: string, token: string) {
  const cwd = await pushCommit(place, url, token);
  const content = randomBytes(1_500_000);
  await place.mustGit(['lfs', 'install', '--local'], { cwd });
  await place.mustGit(['lfs', 'track', '*.bin'], { cwd });
  await writeFile(join(cwd, 'large.bin'), content);
  await place.mustGit(['add', '.'], { cwd });
  await place.mustGit(['commit', '--quiet', '--message=Large'], { cwd });
  return { cwd, content };
}

describePeer(['git', 'gitLfs'], 'Git LFS', () => {
  test('gives back what it was given, to who may have it', async () => {
    await using place = await makeHubPlace();
    const { github } = place;
    github.createOwner('acme');
    const { cloneUrl } = github.createRepository('acme', 'tools', { private: true });
    const token = github.addToken();
    const { cwd, content } = await withLargeFile(place, cloneUrl, token);
    await place.mustGit(['push', cloneUrl, 'main'], { cwd, token });
    const reading = { token: github.addToken({ scopes: 'read' }) };
    await place.mustGit(['clone', '--quiet', cloneUrl, 'clone'], reading);
    const clone = { ...reading, cwd: join(place.workspace.root, 'clone') };
    await place.mustGit(['lfs', 'install', '--local'], clone);
    await place.mustGit(['lfs', 'pull'], clone);
    expect((await readFile(join(clone.cwd, 'large.bin'))).equals(content)).toBe(true);
    await rm(join(clone.cwd, '.git', 'lfs'), { recursive: true });
    const stranger = { ...clone, token: github.addToken({ repositories: [] }) };
    expect((await place.git(['lfs', 'fetch', '--all'], stranger)).code).not.toBe(0);
    expect(await place.mustGit(['lfs', 'fetch', '--all'], clone)).toContain('1 object');
    expect(await place.mustGit(['lfs', 'fsck'], clone)).toContain('OK');
  });

  test('says which objects it does not have', async () => {
    await using place = await makeHubPlace();
    const { github } = place;
    github.createOwner('acme');
    const repository = github.createRepository('acme', 'tools');
    const token = github.addToken();
    const { cwd } = await withLargeFile(place, repository.cloneUrl, token);
    // Past the hook that would have sent the object.
    await place.mustGit(['push', '--no-verify', repository.cloneUrl, 'main'], { cwd, token });
    await place.mustGit(['clone', '--quiet', repository.cloneUrl, 'clone'], { token });
    const failed = await place.git(['lfs', 'fetch', '--all'], { token, cwd: join(place.workspace.root, 'clone') });
    expect(failed.code).not.toBe(0);
    expect(failed.stderr).toContain('Object does not exist on the server');
  });

  test('takes nothing from a token that only reads', async () => {
    await using place = await makeHubPlace();
    const { github } = place;
    github.createOwner('acme');
    const { cloneUrl } = github.createRepository('acme', 'tools');
    const { cwd } = await withLargeFile(place, cloneUrl, github.addToken());
    const refused = await place.git(['lfs', 'push', '--all', cloneUrl], {
      cwd,
      token: github.addToken({ scopes: 'read' }),
    });
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('Write access to repository not granted');
  });
});

test('an object is kept only if its content is what it is called by', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  github.createOwner('acme');
  const { cloneUrl } = github.createRepository('acme', 'tools');
  const content = Buffer.from('the content');
  const object = { oid: sha256(content), size: content.length };
  const token = github.addToken();
  const batch = async (operation: 'upload' | 'download') => {
    const answer = await fetch(`${cloneUrl}/info/lfs/objects/batch`, {
      method: 'POST',
      headers: { accept: 'application/vnd.git-lfs+json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ operation, transfers: ['basic'], objects: [object] }),
    });
    return ((await answer.json()) as Batch).objects[0];
  };
  const { upload, verify } = (await batch('upload'))?.actions ?? {};
  const put = async (body: string, headers = upload?.header) =>
    (await fetch(upload?.href ?? '', { method: 'PUT', ...(headers && { headers }), body })).status;
  const verified = async () =>
    (await fetch(verify?.href ?? '', { method: 'POST', headers: verify?.header ?? {}, body: JSON.stringify(object) }))
      .status;
  expect(await put('another content')).toBe(422);
  expect((await batch('download'))?.error?.code).toBe(404);
  expect(await verified()).toBe(404);
  expect(await put('the content', { authorization: `Bearer ${token}` })).toBe(401);
  expect(await put('the content')).toBe(200);
  expect(await verified()).toBe(200);
  expect((await batch('upload'))?.actions).toBeUndefined();
  const { download } = (await batch('download'))?.actions ?? {};
  const fetched = await fetch(download?.href ?? '', { headers: download?.header ?? {} });
  expect(await fetched.text()).toBe('the content');
});

type Action = { readonly href: string; readonly header: Record<string, string> };
type Batch = {
  readonly objects: readonly {
    readonly actions?: Readonly<Record<'upload' | 'verify' | 'download', Action | undefined>>;
    readonly error?: { readonly code: number };
  }[];
};
