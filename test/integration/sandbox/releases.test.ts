import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { octokitOf } from '../../support/octokit.ts';
import { makeHubPlace, pushCommit } from '../../support/sandbox-github.ts';

const tools = { owner: 'acme', repo: 'tools' };

test('releases are listed newest first, drafts for those who may publish them', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  github.createOwner('acme');
  const repository = github.createRepository('acme', 'tools');
  repository.addRelease('v1', [], { name: 'One', body: 'The first', createdAt: '2026-01-01T00:00:00Z' });
  repository.addRelease('v2-rc', [], { prerelease: true });
  repository.addRelease('v2', [], { draft: true });
  const tagsFor = async (token?: string) =>
    (await octokitOf(github, token).rest.repos.listReleases(tools)).data.map(({ tag_name: tag }) => tag);
  expect(await tagsFor()).toEqual(['v2-rc', 'v1']);
  expect(await tagsFor(github.addToken())).toEqual(['v2', 'v2-rc', 'v1']);
  const { rest } = octokitOf(github);
  expect((await rest.repos.getReleaseByTag({ ...tools, tag: 'v1' })).data).toMatchObject({
    name: 'One',
    body: 'The first',
    draft: false,
    published_at: '2026-01-01T00:00:00Z',
  });
  await expect(rest.repos.getReleaseByTag({ ...tools, tag: 'v2' })).rejects.toMatchObject({ status: 404 });
});

test('an asset says its size and digest, and is fetched from where its address leads', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  const content = randomBytes(3_000_000);
  github.createOwner('acme');
  const repository = github.createRepository('acme', 'tools', { private: true });
  repository.addRelease('v1', [{ name: 'tools.zip', content, contentType: 'application/zip' }]);
  const token = github.addToken({ scopes: 'read' });
  const { rest } = octokitOf(github, token);
  const asset = (await rest.repos.listReleases(tools)).data[0]?.assets[0];
  expect(asset).toMatchObject({
    name: 'tools.zip',
    content_type: 'application/zip',
    size: content.length,
    state: 'uploaded',
    digest: `sha256:${createHash('sha256').update(content).digest('hex')}`,
  });
  const headers = { accept: 'application/octet-stream', authorization: `Bearer ${token}` };
  const sent = await fetch(asset?.url ?? '', { redirect: 'manual', headers });
  expect(sent.status).toBe(302);
  const location = sent.headers.get('location') ?? '';
  expect(location.startsWith(`${github.web}/storage/`)).toBe(true);
  expect(Buffer.from(await (await fetch(location)).arrayBuffer()).equals(content)).toBe(true);
  expect((await fetch(location.replace(/signature=.*/, 'signature=1.2'))).status).toBe(403);
  expect((await fetch(asset?.url ?? '', { headers: { accept: 'application/octet-stream' } })).status).toBe(404);
  const got = await rest.repos.getReleaseAsset({
    ...tools,
    asset_id: asset?.id ?? 0,
    headers: { accept: 'application/octet-stream' },
  });
  expect(Buffer.from(got.data as unknown as ArrayBuffer).equals(content)).toBe(true);
});

test('a release is made with its assets, which go to the address for uploads', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  github.createOwner('acme');
  const { cloneUrl } = github.createRepository('acme', 'tools');
  const token = github.addToken();
  const { rest } = octokitOf(github, token);
  // GitHub makes the tag of a release that is published, and has nowhere to make it in what is empty.
  const ofNothing = rest.repos.createRelease({ ...tools, tag_name: 'v1' });
  await expect(ofNothing).rejects.toMatchObject({
    status: 422,
    response: { data: { message: 'Repository is empty.' } },
  });
  await pushCommit(place, cloneUrl, token);
  const { data: release } = await rest.repos.createRelease({ ...tools, tag_name: 'v1', name: 'One', body: 'Text' });
  expect(release.upload_url).toBe(
    `${github.web}/api/uploads/repos/acme/tools/releases/${release.id}/assets{?name,label}`,
  );
  const content = randomBytes(200_000);
  const upload = (name: string, baseUrl?: string) =>
    rest.repos.uploadReleaseAsset({
      ...tools,
      release_id: release.id,
      name,
      data: content as unknown as string,
      ...(baseUrl !== undefined && { baseUrl }),
      headers: { 'content-type': 'application/x-tool' },
    });
  const uploads = `${github.web}/api/uploads`;
  expect((await upload('a b.bin', uploads)).data).toMatchObject({
    name: 'a b.bin',
    size: content.length,
    content_type: 'application/x-tool',
    digest: `sha256:${createHash('sha256').update(content).digest('hex')}`,
  });
  await expect(upload('a b.bin', uploads)).rejects.toMatchObject({
    status: 422,
    response: { data: { errors: [{ code: 'already_exists' }] } },
  });
  await expect(upload('other', github.api)).rejects.toMatchObject({ status: 404 });
  const again = rest.repos.createRelease({ ...tools, tag_name: 'v1' });
  await expect(again).rejects.toMatchObject({ status: 422 });
  expect((await rest.repos.listReleases(tools)).data).toMatchObject([{ name: 'One', assets: [{ name: 'a b.bin' }] }]);
});

test('an upload that is cut off leaves a name without content, which can be removed and sent again', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  github.createOwner('acme');
  const { cloneUrl } = github.createRepository('acme', 'tools');
  const token = github.addToken();
  const { rest } = octokitOf(github, token);
  await pushCommit(place, cloneUrl, token);
  const { data: release } = await rest.repos.createRelease({ ...tools, tag_name: 'v1', draft: true });
  const upload = () =>
    rest.repos.uploadReleaseAsset({
      ...tools,
      release_id: release.id,
      name: 'a.bin',
      data: Buffer.alloc(500_000, 1) as unknown as string,
      baseUrl: `${github.web}/api/uploads`,
    });
  const cut = github.fault({ path: /\/assets\?name=/ }, { cutUploadAfterBytes: 70_000 });
  await expect(upload()).rejects.toMatchObject({ status: 500 });
  cut[Symbol.dispose]();
  const assets = async () => (await rest.repos.getRelease({ ...tools, release_id: release.id })).data.assets;
  // The client knows of the cut before the server does.
  await expect
    .poll(assets, { timeout: 30_000 })
    .toMatchObject([{ name: 'a.bin', state: 'starter', size: 0, digest: null }]);
  const [starter] = await assets();
  await expect(upload()).rejects.toMatchObject({ status: 422 });
  await rest.repos.deleteReleaseAsset({ ...tools, asset_id: starter?.id ?? 0 });
  await upload();
  expect(await assets()).toMatchObject([{ state: 'uploaded', size: 500_000 }]);
  const draft = { ...tools, release_id: release.id, draft: false };
  expect((await rest.repos.updateRelease(draft)).data).toMatchObject({ draft: false, tag_name: 'v1' });
  expect(github.repository('acme', 'tools').git(['tag'])).toBe('v1');
  await rest.repos.update({ ...tools, archived: true });
  await expect(rest.repos.createRelease({ ...tools, tag_name: 'v2' })).rejects.toMatchObject({ status: 403 });
});
